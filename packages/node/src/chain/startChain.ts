import { existsSync, mkdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type AppendLogOptions, lockFolder } from '@lichen/journal';
import { isLichenError, LichenError } from '@lichen/protocol';
import { type Address, type Hex, keccak256 } from 'viem';
import { type Served, serve } from '../http/serve.ts';

import { type AnvilProcess, startAnvil } from './anvilProcess.ts';
import { createGate } from './gate.ts';
import { type Genesis, readGenesis, writeGenesis } from './genesis.ts';
import { type BlockRecord, blockRecordOf, type Restored, restore } from './restore.ts';
import { createRpcApp } from './rpcApp.ts';
import { pruneSnapshots, writeSnapshot } from './snapshots.ts';
import { type RpcAnswer, UpstreamGone } from './upstream.ts';
import { openWal, type Wal } from './wal.ts';
import type { WalRecord } from './walRecords.ts';

export interface ChainInit {
  /** Folder of the chain's files; made when absent. */
  readonly folder: string;
  readonly anvilBinary: string;
  readonly chainId: number;
  /** Port of the JSON-RPC server on 127.0.0.1; a free one when absent. */
  readonly port?: number;
  /** Money for gas before block 1, in wei. Used on the first start only; later starts read it from genesis.json. */
  readonly genesisBalances?: readonly { readonly address: Address; readonly wei: bigint }[];
  /** Milliseconds between blocks; 1000 when absent. */
  readonly blockIntervalMs?: number;
  /** Least number of blocks between snapshots; 120 when absent. */
  readonly snapshotEveryBlocks?: number;
  /** Told in one sentence what an operator would like to know: a restart, a damaged snapshot, a full disk. */
  readonly onEvent?: (sentence: string) => void;
  /** Told when the chain cannot go on. The owner of the process should end it. */
  readonly onFatal?: (error: LichenError) => void;
  readonly logOptions?: AppendLogOptions;
}

export interface Chain {
  readonly port: number;
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly genesisHash: Hex;
  health(): ChainHealth;
  /** Writes a snapshot, ends anvil and frees port and folder. */
  stop(): Promise<void>;
}

export interface ChainHealth {
  readonly state: 'running' | 'restoring' | 'halted' | 'stopped';
  readonly blockNumber: number;
  /** Unix seconds of the last block. */
  readonly timestamp: number;
  readonly anvilPid: number | null;
  /** How often anvil had to be started again. */
  readonly anvilRestarts: number;
  readonly pendingTransactions: number;
  readonly snapshotNumber: number;
  readonly logBytes: number;
}

const restartAttempts = 5;

/**
 * Starts a chain whose every visible block and every acknowledged transaction is on the disk: killing anvil, this
 * process or both at any moment loses and doubles nothing.
 *
 * @throws LichenError `already-running`, `port-in-use`, `wrong-chain`, `state-damaged`, `disk-full`
 */
export async function startChain(init: ChainInit): Promise<Chain> {
  const { folder, anvilBinary, chainId, blockIntervalMs = 1000, snapshotEveryBlocks = 120 } = init;
  const say = init.onEvent ?? (() => {});
  const isNew = !existsSync(folder);
  if (isNew) mkdirSync(folder, { recursive: true });
  const lock = await lockFolder(folder, 5_000);
  const gate = createGate();

  let genesis: Genesis;
  let anvil: AnvilProcess | undefined;
  let wal: Wal;
  let head: BlockRecord;
  let pending = new Map<Hex, Hex>();
  let snapshotNumber = 0;
  let snapshotCostMs = 0;
  let restarts = 0;
  /** Set while the disk is full: nothing is answered, since anvil then holds a block that is not on the disk. */
  let halted: LichenError | undefined;
  let unwritten: BlockRecord | undefined;
  let failed: LichenError | undefined;
  let stopped = false;
  let restoring: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;

  // Transactions that arrive together wait for the disk together.
  let queue: { record: WalRecord; resolve: () => void; reject: (error: unknown) => void }[] = [];
  function log(record: WalRecord): Promise<void> {
    return new Promise((resolve, reject) => {
      queue.push({ record, resolve, reject });
      if (queue.length > 1) return;
      setImmediate(() => {
        const batch = queue;
        queue = [];
        try {
          wal.append(batch.map((entry) => entry.record));
          for (const entry of batch) entry.resolve();
        } catch (error) {
          for (const entry of batch) entry.reject(error);
        }
      });
    });
  }

  function fail(error: unknown): LichenError {
    failed ??= isLichenError(error)
      ? error
      : new LichenError('internal', 'The chain cannot go on.', {
          got: String(error),
          retry: 'later',
          cause: error,
        });
    clearTimeout(timer);
    init.onFatal?.(failed);
    return failed;
  }

  async function bringUp(): Promise<{ process: AnvilProcess; restored: Restored }> {
    const process = await startAnvil({ binary: anvilBinary, chainId, genesisTimestamp: genesis.timestamp });
    try {
      const zero = await blockRecordOf(process.upstream, '0x0');
      if (zero.hash !== genesis.hash) {
        throw new LichenError('wrong-chain', 'anvil makes another genesis block than the one on the disk.', {
          got: zero.hash,
          expected: genesis.hash,
          next: 'Use the version of anvil that made this chain, or move the state folder away and start afresh.',
          retry: 'after-fix',
        });
      }
      return { process, restored: await restore(process.upstream, folder, genesis) };
    } catch (error) {
      await process.kill();
      throw error;
    }
  }

  function adopt({ process, restored }: { process: AnvilProcess; restored: Restored }): void {
    anvil = process;
    head = restored.head;
    pending = restored.pending;
    snapshotNumber = restored.snapshotNumber;
    halted = undefined;
    unwritten = undefined;
    for (const path of restored.damagedSnapshots) say(`Passed over the damaged snapshot ${path}.`);
    void process.exited.then((how) => recoverFrom(process, how));
  }

  /** Replaces a dead anvil. Requests wait meanwhile. */
  function recoverFrom(dead: AnvilProcess, how: string): Promise<void> {
    if (stopped || failed !== undefined || anvil !== dead) return restoring ?? Promise.resolve();
    if (restoring !== undefined) return restoring;
    const started = Date.now();
    restoring = gate
      .alone(async () => {
        await dead.kill();
        for (let attempt = 1; ; attempt += 1) {
          if (stopped) return;
          restarts += 1;
          try {
            const found = await bringUp();
            adopt(found);
            say(
              `${how}; restored block ${head.number} in ${Date.now() - started} ms (${found.restored.replayedBlocks} blocks replayed).`,
            );
            return;
          } catch (error) {
            if (isLichenError(error) && error.code !== 'internal') throw error;
            if (attempt === restartAttempts) throw error;
            await sleep(200 * 2 ** attempt);
          }
        }
      })
      .catch((error: unknown) => {
        fail(error);
      })
      .finally(() => {
        restoring = undefined;
      });
    return restoring;
  }

  async function submit(process: AnvilProcess, params: unknown): Promise<RpcAnswer> {
    const raw = Array.isArray(params) ? params[0] : undefined;
    if (typeof raw !== 'string' || !/^0x(?:[0-9a-fA-F]{2})+$/.test(raw)) {
      return {
        error: { code: -32602, message: 'eth_sendRawTransaction takes the bytes of one signed transaction' },
      };
    }
    const hash = keccak256(raw as Hex);
    const isRepeated = pending.has(hash);
    if (!isRepeated) {
      await log({ kind: 'transaction', raw: raw as Hex });
      pending.set(hash, raw as Hex);
    }
    const answer = await process.upstream.ask('eth_sendRawTransaction', [raw]);
    if (!('error' in answer)) return answer;
    // Known already, waiting or in a block: the caller lost an answer and asks again, so it gets the same one.
    const known = await process.upstream.demand('eth_getTransactionByHash', hash);
    if (known !== null) return { result: hash };
    if (!isRepeated) {
      pending.delete(hash);
      await log({ kind: 'refused', hash });
    }
    return answer;
  }

  async function ask(method: string, params: unknown): Promise<RpcAnswer> {
    for (let attempt = 0; ; attempt += 1) {
      let used: AnvilProcess | undefined;
      try {
        return await gate.shared(async () => {
          if (failed !== undefined) throw failed;
          if (halted !== undefined) throw halted;
          if (stopped || anvil === undefined) {
            throw new LichenError('chain-unreachable', 'The chain is stopping.', { retry: 'later' });
          }
          used = anvil;
          if (method === 'eth_sendRawTransaction') return submit(anvil, params);
          return anvil.upstream.ask(method, params);
        });
      } catch (error) {
        if (!(error instanceof UpstreamGone) || attempt === restartAttempts || used === undefined)
          throw error;
        await recoverFrom(used, 'anvil stopped answering');
      }
    }
  }

  async function snapshot(process: AnvilProcess): Promise<void> {
    const started = Date.now();
    try {
      writeSnapshot(folder, head.number, await process.upstream.demand<Hex>('anvil_dumpState'));
      snapshotNumber = head.number;
      const waiting = [...pending.values()].map((raw): WalRecord => ({ kind: 'transaction', raw }));
      wal.rotate(head.number, [head, ...waiting]);
      const kept = pruneSnapshots(folder, 2);
      wal.forgetBefore(kept.length < 2 ? 0 : kept.at(-1)!.number);
    } catch (error) {
      if (error instanceof UpstreamGone) throw error;
      // The log holds everything that the snapshot would have held.
      say(`No snapshot at block ${head.number}: ${error instanceof Error ? error.message : error}`);
      snapshotNumber = head.number;
    }
    snapshotCostMs = Date.now() - started;
  }

  /** Forgets transactions that anvil dropped, so that they are not carried on for ever. */
  async function dropForgotten(process: AnvilProcess): Promise<void> {
    for (const hash of [...pending.keys()]) {
      if ((await process.upstream.demand('eth_getTransactionByHash', hash)) === null) pending.delete(hash);
    }
  }

  function write(record: BlockRecord): boolean {
    try {
      wal.append([record]);
    } catch (error) {
      if (!isLichenError(error) || error.code !== 'disk-full') throw error;
      if (halted === undefined) say(error.message);
      halted = error;
      unwritten = record;
      return false;
    }
    if (halted !== undefined) say(`There is room on the disk again; going on from block ${record.number}.`);
    halted = undefined;
    unwritten = undefined;
    head = record;
    for (const hash of record.transactions) pending.delete(hash);
    return true;
  }

  async function mine(): Promise<void> {
    const process = anvil;
    if (process === undefined || stopped || failed !== undefined) return;
    if (unwritten === undefined) {
      const timestamp = Math.max(Math.floor(Date.now() / 1000), head.timestamp + 1);
      await process.upstream.demand('evm_setNextBlockTimestamp', timestamp);
      await process.upstream.demand('evm_mine');
    }
    if (!write(unwritten ?? (await blockRecordOf(process.upstream, 'latest')))) return;
    // The dump grows with the chain (28 µs a block measured): at most about 1 % of the time goes into it.
    if (head.number - snapshotNumber >= Math.max(snapshotEveryBlocks, snapshotCostMs / 10)) {
      await dropForgotten(process);
      await snapshot(process);
    }
  }

  function schedule(): void {
    if (stopped || failed !== undefined) return;
    timer = setTimeout(
      async () => {
        const process = anvil;
        try {
          await gate.alone(mine);
        } catch (error) {
          if (error instanceof UpstreamGone && process !== undefined)
            void recoverFrom(process, 'anvil stopped answering');
          else if (!stopped) fail(error);
        }
        schedule();
      },
      blockIntervalMs - (Date.now() % blockIntervalMs),
    );
  }

  function health(): ChainHealth {
    return {
      state: stopped ? 'stopped' : restoring ? 'restoring' : (halted ?? failed) ? 'halted' : 'running',
      blockNumber: head.number,
      timestamp: head.timestamp,
      anvilPid: anvil?.pid ?? null,
      anvilRestarts: restarts,
      pendingTransactions: pending.size,
      snapshotNumber,
      logBytes: wal.size(),
    };
  }

  async function createGenesis(): Promise<Genesis> {
    const timestamp = Math.floor(Date.now() / 1000) - 1;
    const process = await startAnvil({ binary: anvilBinary, chainId, genesisTimestamp: timestamp });
    try {
      const { hash } = await blockRecordOf(process.upstream, '0x0');
      const balances = (init.genesisBalances ?? []).map(({ address, wei }) => ({
        address,
        wei: wei.toString(),
      }));
      return { chainId, timestamp, balances, hash };
    } finally {
      await process.kill();
    }
  }

  let served: Served | undefined;
  try {
    const found = readGenesis(folder, chainId);
    // The port comes first: a taken one should be heard of before any work is done.
    served = await gate.alone(async () => {
      const listening = await serve(createRpcApp({ ask, health: () => ({ ...health() }) }), init.port ?? 0);
      try {
        genesis = found ?? (await createGenesis());
        if (found === undefined) {
          openWal(folder, init.logOptions ?? {}).close();
          writeGenesis(folder, genesis);
        }
        adopt(await bringUp());
        wal = openWal(folder, init.logOptions ?? {});
        return listening;
      } catch (error) {
        await listening.close();
        throw error;
      }
    });
  } catch (error) {
    stopped = true;
    await anvil?.kill();
    await lock.release();
    throw error;
  }
  schedule();

  return {
    port: served.port,
    url: served.url,
    genesisHash: genesis!.hash,
    health,
    async stop() {
      if (stopped) return;
      clearTimeout(timer);
      await gate
        .alone(async () => {
          if (
            anvil !== undefined &&
            halted === undefined &&
            failed === undefined &&
            head.number > snapshotNumber
          ) {
            await snapshot(anvil);
          }
          stopped = true;
          wal.close();
        })
        .catch(() => {});
      stopped = true;
      await anvil?.kill();
      await served.close();
      await lock.release();
    },
  };
}
