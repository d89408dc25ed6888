// An agent that writes its journal by hand, so that each step can be left out or done wrong.
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type DecisionDraft,
  type DecisionLog,
  type Journal,
  openDecisionLog,
  openJournal,
  type RecordedDecision,
} from '@lichen/journal';
import {
  blankDecision,
  type Decision,
  encodeDecision,
  entryHashOf,
  journalKeyOf,
  vkeyTextOf,
} from '@lichen/protocol';
import {
  type AuditOptions,
  type AuditReport,
  type AuditSource,
  anchorAbi,
  auditAgent,
  executionsOf,
  mandateExecutorAbi,
  playDollarAbi,
} from '@lichen/sdk';
import { type Address, bytesToHex, encodeFunctionData, type Hex, type TransactionReceipt } from 'viem';
import { type AuditChain, type AuditedAgent, shop } from './auditChain.ts';

export interface Call {
  readonly to: Address;
  readonly data: Hex;
}

const secretKey = new Uint8Array(32).fill(9);
const utf8 = new TextEncoder();
export const sha256Of = (data: Hex | Uint8Array) =>
  createHash('sha256')
    .update(typeof data === 'string' ? Buffer.from(data.slice(2), 'hex') : data)
    .digest('hex');

const folders: string[] = [];
process.on('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'lichen-audit-'));
  folders.push(folder);
  return folder;
}

/** Reads a journal's folder as a server would hand it out. */
export function readerOf(folder: string): AuditSource['read'] {
  return async (path) => {
    const blob = /^blob\/([0-9a-f]{64})$/.exec(path)?.[1];
    const file =
      blob === undefined ? join(folder, 'log', path) : join(folder, 'blobs', blob.slice(0, 2), blob);
    return existsSync(file) ? readFileSync(file) : undefined;
  };
}

export interface Stage extends AuditedAgent {
  readonly folder: string;
  readonly log: DecisionLog;
  readonly origin: string;
  readonly asset: string;
  transfer(amount: bigint): Call;
  /** Records an intent for these calls; nothing is signed. */
  intend(calls: readonly Call[], change?: Partial<DecisionDraft>): Promise<RecordedDecision>;
  /** What `intend` would record, without recording it. */
  draftOf(calls: readonly Call[], change?: Partial<DecisionDraft>): Promise<DecisionDraft>;
  /** Uses the mandate with a hash, by the agent's own transaction. */
  act(intent: string, calls: readonly Call[]): Promise<TransactionReceipt>;
  /** Any transaction of the agent's key; not simulated. */
  send(to: Address, data: Hex): Promise<TransactionReceipt>;
  conclude(
    intent: RecordedDecision,
    receipt: TransactionReceipt,
    change?: Partial<DecisionDraft>,
  ): Promise<RecordedDecision>;
  /** All three, as an honest agent does. */
  trade(
    amount: bigint,
  ): Promise<{ intent: RecordedDecision; receipt: TransactionReceipt; outcome: RecordedDecision }>;
  refuse(reason?: string): Promise<RecordedDecision>;
  pause(choice: 'pause' | 'resume'): Promise<RecordedDecision>;
  /** Signs a head and puts it on the chain. */
  anchorHead(): Promise<void>;
  audit(options?: AuditOptions, change?: Partial<AuditSource>): Promise<AuditReport>;
}

export function draft(change: Partial<DecisionDraft> & Pick<DecisionDraft, 'kind'>): DecisionDraft {
  return {
    ...blankDecision,
    choice: 'as the rules say',
    rules: { sha256: rulesHash, version: '1' },
    task: 'test',
    ...change,
  };
}
const rules = utf8.encode('export function decide() { throw new Error("nobody runs these"); }');
export const rulesHash = sha256Of(rules);

export async function newStage(
  chain: AuditChain,
  change: Parameters<AuditChain['newAgent']>[0] = {},
): Promise<Stage> {
  const who = await chain.newAgent(change);
  const { agent, client, account, terms } = who;
  const folder = newFolder();
  const origin = `lichen.test/${agent.address.toLowerCase()}`;
  const log = await openDecisionLog({
    folder,
    origin,
    secretKey,
    checkpointEveryMs: 0,
    agent: `eip155:${chain.chainId}:${agent.address.toLowerCase()}`,
  });
  log.keep(rules);
  const { mandateExecutor } = client.config.accounts!;
  const { playDollar } = client.addresses;
  const asset = `eip155:${chain.chainId}/erc20:${playDollar.toLowerCase()}`;
  const contract = { address: mandateExecutor, abi: mandateExecutorAbi } as const;

  async function send(to: Address, data: Hex): Promise<TransactionReceipt> {
    const hash = await client.wallet!.sendTransaction({ to, data, gas: 1_000_000n });
    return client.chain.waitForTransactionReceipt({ hash });
  }

  const stage: Stage = {
    ...who,
    folder,
    log,
    origin,
    asset,
    transfer: (amount) => ({
      to: playDollar,
      data: encodeFunctionData({ abi: playDollarAbi, functionName: 'transfer', args: [shop, amount] }),
    }),
    draftOf: async (calls, more = {}) => {
      const [mandate, nonce, block] = await Promise.all([
        client.chain.readContract({ ...contract, functionName: 'idOf', args: [account, terms] }),
        client.chain.getTransactionCount({ address: agent.address }),
        client.chain.getBlockNumber(),
      ]);
      const bytes = utf8.encode(JSON.stringify(calls));
      return draft({
        kind: 'intent',
        act: {
          account,
          calls: calls.map(({ to, data }) => ({
            dataSha256: sha256Of(data),
            selector: data.slice(0, 10) as Hex,
            to,
          })),
          chainId: chain.chainId,
          mandate,
          nonce,
        },
        checks: [{ rule: 'turnover', got: '1', limit: '10', passed: true }],
        inputs: [
          {
            at: Date.now() + 5_000_000,
            isPrivate: false,
            mediaType: 'application/json',
            name: 'calls',
            provenance: { by: 'chain', block: Number(block), chainId: chain.chainId, logIndex: null },
            sha256: log.keep(bytes),
            uri: 'test:calls',
          },
        ],
        ...more,
      });
    },
    intend: async (calls, more) => log.record(await stage.draftOf(calls, more)),
    act: (intent, calls) =>
      send(
        mandateExecutor,
        encodeFunctionData({
          abi: mandateExecutorAbi,
          functionName: 'act',
          args: [account, terms, executionsOf(calls), `0x${intent}`],
        }),
      ),
    send,
    conclude: (intent, receipt, more = {}) => {
      const sum = receipt.logs
        .filter(({ address, topics }) => address === playDollar.toLowerCase() && topics.length === 3)
        .reduce((total, { data }) => total + BigInt(data), 0n);
      const isDone = receipt.status === 'success';
      return log.record(
        draft({
          kind: 'outcome',
          refersTo: intent.leafHash,
          amounts: isDone ? [{ amount: String(-sum), asset }] : [],
          result: {
            block: Number(receipt.blockNumber),
            reason: isDone ? '' : 'taken back',
            status: isDone ? 'settled' : 'failed',
            transaction: receipt.transactionHash,
          },
          ...more,
        }),
      );
    },
    trade: async (amount) => {
      const calls = [stage.transfer(amount)];
      const intent = await stage.intend(calls);
      const receipt = await stage.act(intent.leafHash, calls);
      return { intent, receipt, outcome: await stage.conclude(intent, receipt) };
    },
    refuse: (choice = 'hold') => log.record(draft({ kind: 'refusal', choice })),
    pause: (choice) =>
      log.record(draft({ kind: 'pause', choice, rejected: [{ option: 'new acts', reason: 'test' }] })),
    anchorHead: async () => {
      await log.journal.checkpoint();
      const { size, root } = log.journal.head()!;
      const args = [BigInt(size), bytesToHex(root)] as const;
      await send(chain.anchor, encodeFunctionData({ abi: anchorAbi, functionName: 'anchor', args }));
    },
    audit: async (options = {}, more = {}) => {
      if (more.read === undefined) await log.journal.checkpoint();
      return auditAgent(
        {
          chain: chain.client.chain as never,
          read: readerOf(folder),
          vkey: vkeyTextOf(journalKeyOf(origin, secretKey)),
          agent: agent.address,
          account,
          mandateExecutor,
          anchor: chain.anchor,
          entryPoint: client.config.accounts!.entryPoint,
          mandateValidator: client.config.accounts!.mandateValidator,
          ...more,
        },
        // The chain's clock is moved by the tests; the machine's is not.
        {
          inputs: 'all',
          toleranceMs: 86_400_000,
          deadlineMs: 0,
          // However slow the machine is.
          anchorMs: 86_400_000,
          outcomeMs: 86_400_000,
          now: () => Date.now() + 60_000,
          ...options,
        },
      );
    },
  };
  return stage;
}

/** The decisions of a journal as they are, to be written again otherwise. */
export function decisionsOf(stage: Stage): Decision[] {
  return [...stage.log.since(0)].map(({ decision }) => decision);
}

/** Writes decisions to another journal with the same name and key, as somebody does who rewrites history. */
export async function writeAgain(
  stage: Stage,
  decisions: readonly Decision[],
  options: { readonly chain?: boolean } = {},
): Promise<AuditSource['read']> {
  const folder = newFolder();
  const journal: Journal = await openJournal({
    folder,
    origin: stage.origin,
    secretKey,
    checkpointEveryMs: 0,
  });
  let previous: string | null = null;
  for (const [seq, decision] of decisions.entries()) {
    const bytes: Uint8Array = encodeDecision(
      options.chain === false ? decision : { ...decision, seq, previous },
    );
    await journal.append(bytes);
    previous = Buffer.from(entryHashOf(bytes)).toString('hex');
  }
  await journal.checkpoint();
  await journal.close();
  const own = readerOf(folder);
  const blobs = readerOf(stage.folder);
  return (path) => (path.startsWith('blob/') ? blobs(path) : own(path));
}
