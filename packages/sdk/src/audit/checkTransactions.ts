import { anchorAbi } from '@lichen/contracts';
import type { Sha256 } from '@lichen/protocol';
import { type Address, type Hex, isAddressEqual, toFunctionSelector } from 'viem';
import type { AnchoredHead, OperationEvent } from './accountEvents.ts';
import type { AuditFindingTaker } from './auditFinding.ts';
import type { ChainReader, ChainTransaction } from './chainReader.ts';
import { callDifference, madeCalls } from './checkActs.ts';
import { decodeActs, validatorOf } from './decodeActs.ts';
import { findNonces } from './findNonces.ts';
import type { JournalMemory } from './journalMemory.ts';

export interface CheckTransactionsInit {
  readonly chain: ChainReader;
  readonly chainId: number;
  readonly agent: Address;
  readonly account: Address;
  readonly executor: Address;
  readonly anchor: Address | undefined;
  /** Heads that the agent's own key anchored. */
  readonly ownHeads: readonly AnchoredHead[];
  readonly operations: readonly OperationEvent[];
  readonly validator: Address | undefined;
  readonly memory: JournalMemory;
  readonly hash: Sha256 | undefined;
  /** Transactions with acts that were compared with their intents already. */
  readonly acts: ReadonlySet<Hex>;
  /** Transactions that were read before, by hash. */
  readonly known: readonly ReadonlyMap<Hex, ChainTransaction>[];
  readonly from: number;
  readonly to: number;
  readonly find: AuditFindingTaker;
  readonly onNonce: (count: number) => void;
}

export interface CheckedTransactions {
  /** Transactions that the agent's key sent. */
  readonly sent: number;
  readonly anchors: number;
  /** Looked for by halving. */
  readonly sought: number;
  /** Used nonces of which the node shows no transaction. */
  readonly unseen: number;
  readonly operationsOfAccount: number;
}

const anchorSelector = toFunctionSelector(
  anchorAbi.find((item) => item.type === 'function' && item.name === 'anchor') as never,
);
/** Nonces without a known transaction that are looked for. */
const mostSought = 2_000;

/** Whether a decision announces this transaction of the agent; else what is wrong with it. */
function explain(
  transaction: ChainTransaction,
  { memory, executor, agent, anchor, chainId, hash }: CheckTransactionsInit,
):
  | 'act'
  | 'anchor'
  | { readonly code: 'transaction-without-intent' | 'act-differs' | 'calls-differ'; readonly what: string } {
  const { to, input, nonce, value } = transaction;
  const announced = (leafHash: string) => {
    const act = memory.intents.get(leafHash)?.act;
    return act == null || act.chainId !== chainId ? undefined : act;
  };
  if (to !== null && anchor !== undefined && isAddressEqual(to, anchor) && input.startsWith(anchorSelector)) {
    return 'anchor';
  }
  const [asked] = decodeActs(transaction, executor).filter(({ by }) => by === 'key');
  const carried = asked?.intent.slice(2);
  const isToItself = to !== null && isAddressEqual(to, agent);
  const act = carried !== undefined ? announced(carried) : isToItself ? announced(input.slice(2)) : undefined;
  if (act === undefined) {
    const did =
      to === null
        ? 'created a contract'
        : asked !== undefined
          ? 'used a mandate'
          : `called ${input === '0x' ? 'nothing' : input.slice(0, 10)} of ${to}`;
    const wei = value === 0n ? '' : ` with ${value} wei`;
    return {
      code: 'transaction-without-intent',
      what: `The agent’s key sent a transaction that no decision announces: it ${did}${wei}.`,
    };
  }
  if (act.nonce !== nonce) {
    return {
      code: 'act-differs',
      what: `The transaction carries the hash of an intent that was announced for another nonce: ${act.nonce}.`,
    };
  }
  if (asked !== undefined && asked.account.toLowerCase() !== act.account.toLowerCase()) {
    return {
      code: 'act-differs',
      what: `The transaction acts for another account than announced: ${asked.account}.`,
    };
  }
  const calls = asked === undefined ? undefined : callDifference(act.calls, madeCalls(asked.calls), hash);
  if (calls !== undefined) {
    return {
      code: 'calls-differ',
      what: `The transaction asked for other calls than the intent announced: ${calls.got} instead of ${calls.expected}.`,
    };
  }
  // An announced drop of an act moves nothing and calls nobody.
  if (isToItself && (act.mandate !== null || value !== 0n)) {
    return { code: 'act-differs', what: 'The transaction does something else than the intent announced.' };
  }
  return 'act';
}

/**
 * Every transaction that the agent's key ever sent is announced by a decision, or is an anchor: nonces are counted, so that
 * none can be left out. Operations that it signed and that failed are looked at, too.
 * @throws LichenError `chain-unreachable`
 */
export async function checkTransactions(init: CheckTransactionsInit): Promise<CheckedTransactions> {
  const { chain, agent, find, from, to } = init;
  const isNew = from > 0;
  const [first, count] = await Promise.all([
    isNew ? chain.countAt(agent, from - 1) : 0,
    chain.countAt(agent, to),
  ]);
  const byNonce = new Map<number, ChainTransaction>();
  const take = (transaction: ChainTransaction | undefined) => {
    if (transaction !== undefined && transaction.block !== null && isAddressEqual(transaction.from, agent)) {
      byNonce.set(transaction.nonce, transaction);
    }
  };
  for (const transactions of init.known) for (const transaction of transactions.values()) take(transaction);
  const read = await Promise.all(init.ownHeads.map(({ transaction }) => chain.transaction(transaction)));
  for (const transaction of read) take(transaction);

  let [lowest, highest] = [Number.MAX_SAFE_INTEGER, -1];
  for (const nonce of byNonce.keys()) [lowest, highest] = [Math.min(lowest, nonce), Math.max(highest, nonce)];
  const end = count ?? highest + 1;
  const start = Math.min(first ?? lowest, end);
  if (count === undefined || first === undefined) {
    find({
      code: 'history-pruned',
      severity: 'warning',
      what: 'The node does not tell how many transactions the agent had sent by these blocks.',
      where: { block: to },
    });
  }
  const unknown: number[] = [];
  for (let nonce = start; nonce < end; nonce += 1) if (!byNonce.has(nonce)) unknown.push(nonce);
  const sought = unknown.slice(0, mostSought);
  const { found, unseen } = await findNonces(chain, agent, sought, byNonce, from, to);
  for (const { transaction } of found) take(transaction);

  let anchors = 0;
  for (let nonce = start; nonce < end; nonce += 1) {
    const transaction = byNonce.get(nonce);
    if (transaction === undefined) continue;
    // An act of a mandate of this account was compared with its intent already.
    if (init.acts.has(transaction.hash)) continue;
    const word = explain(transaction, init);
    if (word === 'anchor') anchors += 1;
    if (typeof word === 'string') continue;
    const block = transaction.block ?? undefined;
    const time = block === undefined ? undefined : await chain.blockTime(block);
    find({
      ...word,
      where: {
        transaction: transaction.hash,
        ...(block === undefined ? {} : { block }),
        ...(time === undefined ? {} : { at: time * 1_000 }),
      },
      got: `nonce ${nonce}`,
    });
  }
  init.onNonce(end - start);
  nameUnseen([...unseen, ...unknown.slice(mostSought)], init);
  const operationsOfAccount = await checkOperations(init);
  return { sent: end - start, anchors, sought: sought.length, unseen: unseen.length, operationsOfAccount };
}

/** Nonces that are used by something that the node does not show: announced ones are a gap, others are a fault. */
function nameUnseen(unseen: readonly number[], { memory, chainId, find, to }: CheckTransactionsInit): void {
  if (unseen.length === 0) return;
  const announced = new Set<number>();
  for (const { act } of memory.intents.values()) {
    if (act !== null && act.nonce !== null && act.chainId === chainId) announced.add(act.nonce);
  }
  const foreign = unseen.filter((nonce) => !announced.has(nonce));
  for (const nonce of foreign.slice(0, 100)) {
    find({
      code: 'transaction-without-intent',
      what: `The agent’s key used nonce ${nonce}, no decision announces it, and the node does not show by what.`,
      where: { block: to },
      got: `nonce ${nonce}`,
    });
  }
  find({
    code: 'history-pruned',
    severity: 'warning',
    what: `${unseen.length} used nonces of the agent could not be looked at: the node shows no transaction for them.`,
    where: { block: to },
    got: unseen.slice(0, 12).join(', '),
  });
}

/** Operations of the account: those of its owner are counted, those that the agent signed and that failed are looked at. */
async function checkOperations(init: CheckTransactionsInit): Promise<number> {
  const { chain, executor, account, agent, validator, memory, find } = init;
  if (validator === undefined) return 0;
  let owners = 0;
  await Promise.all(
    init.operations.map(async ({ nonce, isSuccess, transaction: hash, block, time }) => {
      if (!isAddressEqual(validatorOf(nonce), validator)) {
        owners += 1;
        return;
      }
      // What succeeded left events and was compared with its intent.
      if (isSuccess) return;
      const transaction = await chain.transaction(hash);
      const asked = transaction === undefined ? [] : decodeActs(transaction, executor);
      const own = asked.find(
        (act) =>
          act.operationNonce === nonce &&
          isAddressEqual(act.account, account) &&
          isAddressEqual(act.terms.agent, agent),
      );
      if (own === undefined || memory.intents.has(own.intent.slice(2))) return;
      find({
        code: 'transaction-without-intent',
        what: 'The agent signed an operation that no decision announces. It failed and moved nothing.',
        where: { transaction: hash, block, at: time * 1_000 },
      });
    }),
  );
  return owners;
}
