import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { LichenError } from '@lichen/protocol';
import { type Hex, keccak256 } from 'viem';
import type { Genesis } from './genesis.ts';
import { listSnapshots, readSnapshot } from './snapshots.ts';
import type { Upstream } from './upstream.ts';
import { readWal } from './wal.ts';
import type { WalRecord } from './walRecords.ts';

export type BlockRecord = Extract<WalRecord, { kind: 'block' }>;

/** Where a restored chain stands. */
export interface Restored {
  readonly head: BlockRecord;
  /** Number of the snapshot it was restored from; 0 when from genesis. */
  readonly snapshotNumber: number;
  readonly replayedBlocks: number;
  /** Accepted transactions in no block yet, by hash, in the order of their arrival. They wait in anvil's pool again. */
  readonly pending: Map<Hex, Hex>;
  /** Damaged snapshots that were passed over. */
  readonly damagedSnapshots: readonly string[];
}

interface RpcBlock {
  readonly number: Hex;
  readonly timestamp: Hex;
  readonly hash: Hex;
  readonly stateRoot: Hex;
  readonly transactions: readonly Hex[];
}

/** A block of anvil as a record of the log. */
export async function blockRecordOf(upstream: Upstream, tag: Hex | 'latest'): Promise<BlockRecord> {
  const block = await upstream.demand<RpcBlock>('eth_getBlockByNumber', tag, false);
  return {
    kind: 'block',
    number: Number(block.number),
    timestamp: Number(block.timestamp),
    hash: block.hash,
    stateRoot: block.stateRoot,
    transactions: block.transactions,
  };
}

function disagreement(path: string, what: string, got: string, expected: string): LichenError {
  return new LichenError('state-damaged', `The log ${path} does not describe the chain beside it: ${what}.`, {
    got,
    expected,
    next: 'Restore the state folder from a backup, or move it away and start afresh. Nothing was deleted.',
    retry: 'after-fix',
  });
}

/** Loads the newest whole snapshot into a fresh anvil, or the genesis balances, and returns its block number. */
async function loadBase(
  upstream: Upstream,
  folder: string,
  genesis: Genesis,
  passedOver: string[],
): Promise<number> {
  for (const file of listSnapshots(folder)) {
    const dump = readSnapshot(file);
    if (dump !== undefined) {
      await upstream.demand('anvil_loadState', dump);
      return file.number;
    }
    passedOver.push(file.path);
  }
  if (passedOver.length > 0 && !existsSync(join(folder, 'wal-0.log'))) {
    throw new LichenError(
      'state-damaged',
      `The snapshot ${passedOver[0]} is damaged, and no older one is whole.`,
      {
        got: `${passedOver.length} damaged snapshots`,
        expected: 'one whole snapshot',
        next: 'Restore this file from a backup, or move the state folder away and start afresh. Nothing was deleted.',
        retry: 'after-fix',
      },
    );
  }
  for (const { address, wei } of genesis.balances) {
    await upstream.demand('anvil_setBalance', address, `0x${BigInt(wei).toString(16)}`);
  }
  return 0;
}

/**
 * Brings a fresh anvil to the last block on the disk: newest whole snapshot, then each logged block again with its own
 * time and transactions, its hash compared with the one that was logged.
 *
 * @throws LichenError `state-damaged` naming the file that does not fit. Nothing on the disk is changed.
 */
export async function restore(upstream: Upstream, folder: string, genesis: Genesis): Promise<Restored> {
  const damagedSnapshots: string[] = [];
  const snapshotNumber = await loadBase(upstream, folder, genesis, damagedSnapshots);
  let head = await blockRecordOf(upstream, 'latest');
  const raws = new Map<Hex, Hex>();
  const pending = new Map<Hex, Hex>();
  let replayedBlocks = 0;

  for (const { path, record } of readWal(folder, snapshotNumber)) {
    if (record.kind === 'transaction') {
      const hash = keccak256(record.raw);
      raws.set(hash, record.raw);
      pending.set(hash, record.raw);
      continue;
    }
    if (record.kind === 'refused') {
      pending.delete(record.hash);
      continue;
    }
    for (const hash of record.transactions) pending.delete(hash);
    if (record.number < head.number) continue;
    if (record.number === head.number) {
      if (record.hash !== head.hash)
        throw disagreement(path, `block ${record.number} is another one`, head.hash, record.hash);
      continue;
    }
    if (record.number !== head.number + 1) {
      throw disagreement(path, 'blocks are missing', `block ${record.number}`, `block ${head.number + 1}`);
    }
    for (const hash of record.transactions) {
      const raw = raws.get(hash);
      if (raw === undefined)
        throw disagreement(
          path,
          `block ${record.number} names a transaction that is not logged`,
          'none',
          hash,
        );
      await upstream.ask('eth_sendRawTransaction', [raw]);
    }
    await upstream.demand('evm_setNextBlockTimestamp', record.timestamp);
    await upstream.demand('evm_mine');
    head = await blockRecordOf(upstream, 'latest');
    replayedBlocks += 1;
    if (head.hash !== record.hash) {
      throw disagreement(
        path,
        `replaying block ${record.number} gave another block`,
        `hash ${head.hash}, state ${head.stateRoot}, ${head.transactions.length} transactions`,
        `hash ${record.hash}, state ${record.stateRoot}, ${record.transactions.length} transactions`,
      );
    }
  }

  for (const [hash, raw] of pending) {
    // Refused now means that it can no longer be mined: its nonce went to another transaction.
    if ('error' in (await upstream.ask('eth_sendRawTransaction', [raw]))) pending.delete(hash);
  }
  return { head, snapshotNumber, replayedBlocks, pending, damagedSnapshots };
}
