import type { Address, Hex } from 'viem';
import { isAddress, isAddressEqual } from 'viem';
import { usedEventOf, usedTopic } from './accountEvents.ts';
import type { AuditFindingTaker, AuditPlace } from './auditFinding.ts';
import type { ChainReader, ChainReceipt, ChainTransaction } from './chainReader.ts';
import type { IntentRecord, JournalMemory, OutcomeRecord } from './journalMemory.ts';
import type { ChainAct } from './readActs.ts';
import { amountsText, assetNameOf, claimedAmounts, transfersOf } from './transfersOf.ts';

export interface CheckOutcomesInit {
  readonly chain: ChainReader;
  readonly chainId: number;
  readonly agent: Address;
  readonly account: Address;
  readonly executor: Address;
  readonly memory: JournalMemory;
  readonly byIntent: ReadonlyMap<string, ChainAct>;
  /** The mandates' assets by mandate id: what an act counted is compared with what moved. */
  readonly assetOf: (mandate: Hex) => Address | undefined;
  readonly deadlineMs: number;
  readonly toleranceMs: number;
  readonly outcomeMs: number;
  /** Unix milliseconds. */
  readonly now: number;
  readonly find: AuditFindingTaker;
  readonly onIntent: () => void;
}

export interface CheckedOutcomes {
  /** Transactions that outcomes name, and that are there. */
  readonly transactions: ReadonlyMap<Hex, ChainTransaction>;
  /** By asset name: what outcomes claim, for acts that the chain shows. */
  readonly claimed: ReadonlyMap<string, bigint>;
  readonly amountsCompared: number;
}

function isSame(a: ReadonlyMap<string, bigint>, b: ReadonlyMap<string, bigint>): boolean {
  return a.size === b.size && [...a].every(([asset, amount]) => b.get(asset) === amount);
}

const isCertain = ({ result }: OutcomeRecord) => result?.status === 'settled' || result?.status === 'failed';

/** Whose money an intent moves: an agent may serve several accounts, each audited by itself. */
function accountOf(act: IntentRecord['act'], { account }: CheckOutcomesInit): Address {
  return act !== null && isAddress(act.account, { strict: false }) ? act.account : account;
}

/** Whether a receipt shows a use of its account's mandates for an intent. */
function hasUse(receipt: ChainReceipt, init: CheckOutcomesInit, { leafHash, act }: IntentRecord): boolean {
  const account = accountOf(act, init);
  return receipt.logs.some((log) => {
    if (log.topics[0] !== usedTopic || !isAddressEqual(log.address, init.executor)) return false;
    const place = { block: log.block, logIndex: log.logIndex, transaction: log.transaction, time: 0 };
    return (
      usedEventOf(log, place).intent === `0x${leafHash}` &&
      log.topics[1]?.slice(26) === account.slice(2).toLowerCase()
    );
  });
}

/** From the journal to the chain: what became of every intent, and whether the outcome says so. */
export async function checkOutcomes(init: CheckOutcomesInit): Promise<CheckedOutcomes> {
  const { chain, memory, byIntent, find } = init;
  const transactions = new Map<Hex, ChainTransaction>();
  const claimed = new Map<string, bigint>();
  let amountsCompared = 0;

  async function named(hash: Hex) {
    const [transaction, receipt] = await Promise.all([chain.transaction(hash), chain.receipt(hash)]);
    if (transaction !== undefined) transactions.set(hash, transaction);
    return { transaction, receipt };
  }

  function compareAmounts(
    intent: IntentRecord,
    outcome: OutcomeRecord,
    act: ChainAct | undefined,
    moved: ReadonlyMap<string, bigint>,
  ) {
    const where = placeOf(outcome, act);
    const claims = claimedAmounts(init.chainId, outcome.amounts);
    if (claims === undefined) {
      find({
        code: 'amounts-unreadable',
        what: 'The outcome names its assets in words that cannot be compared with the chain.',
        where,
        got: outcome.amounts.map(({ asset }) => asset.slice(0, 60)).join(', '),
        expected: `names such as ${assetNameOf(init.chainId, init.account)}`,
      });
      return;
    }
    amountsCompared += 1;
    for (const [asset, amount] of claims) claimed.set(asset, (claimed.get(asset) ?? 0n) + amount);
    if (!isSame(claims, moved)) {
      find({
        code: 'amounts-differ',
        what: `The outcome of entry ${intent.index} claims other amounts than those that moved.`,
        where,
        got: amountsText(claims),
        expected: amountsText(moved),
      });
    }
  }

  async function checkSettled(intent: IntentRecord, outcome: OutcomeRecord): Promise<void> {
    const { result } = outcome;
    const hash = result!.transaction?.toLowerCase() as Hex | undefined;
    const act = byIntent.get(intent.leafHash);
    const where = placeOf(outcome, act);
    if (hash === undefined) {
      find({
        code: 'transaction-missing',
        what: 'The outcome says settled, and names no transaction.',
        where,
      });
      return;
    }
    let block = act?.block;
    let moved: ReadonlyMap<string, bigint> | undefined = act?.moved;
    if (act === undefined || act.transaction !== hash) {
      const { transaction, receipt } = await named(hash);
      const place = { ...where, transaction: hash };
      if (receipt === undefined || transaction === undefined) {
        find({
          code: 'transaction-missing',
          what: 'The outcome says settled, and the chain has no such transaction.',
          where: place,
        });
        return;
      }
      block = receipt.block;
      if (!receipt.isSuccess) {
        find({
          code: 'transaction-failed',
          what: 'The outcome says settled, and the transaction was taken back.',
          where: place,
        });
        return;
      }
      const isTaking =
        intent.act?.mandate === null &&
        isAddressEqual(transaction.from, init.agent) &&
        transaction.to !== null &&
        isAddressEqual(transaction.to, init.agent) &&
        transaction.input === `0x${intent.leafHash}`;
      if (!isTaking && !hasUse(receipt, init, intent)) {
        find({
          code: 'transaction-of-another',
          what: 'The outcome says settled, and the transaction that it names does not carry the hash of the intent.',
          where: place,
        });
        return;
      }
      moved = isTaking ? new Map() : transfersOf(init.chainId, accountOf(intent.act, init), receipt.logs);
    }
    if (result!.block !== null && block !== undefined && result!.block !== block) {
      find({
        code: 'block-differs',
        severity: 'warning',
        what: 'The outcome names another block than that of its transaction.',
        where,
        got: `block ${result!.block}`,
        expected: `block ${block}`,
      });
    }
    compareAmounts(intent, outcome, act, moved ?? new Map());
  }

  async function checkFailed(intent: IntentRecord, outcome: OutcomeRecord): Promise<void> {
    const act = byIntent.get(intent.leafHash);
    const where = placeOf(outcome, act);
    const hash = outcome.result!.transaction?.toLowerCase() as Hex | undefined;
    const found = hash === undefined ? undefined : await named(hash);
    if (act !== undefined || (found?.receipt?.isSuccess === true && hasUse(found.receipt, init, intent))) {
      find({
        code: 'outcome-denied',
        what: `The outcome says failed, and the chain shows that the act of entry ${intent.index} was done.`,
        where,
      });
      return;
    }
    if (found !== undefined && found.receipt === undefined) {
      find({
        code: 'transaction-missing',
        what: 'The outcome names a transaction that the chain does not have.',
        where: { ...where, transaction: hash! },
      });
    }
    if (outcome.amounts.some(({ amount }) => amount !== '0')) {
      find({
        code: 'amounts-differ',
        what: 'The outcome says failed, and claims amounts.',
        where,
        got: outcome.amounts
          .map(({ amount, asset }) => `${amount} of ${asset}`)
          .join(', ')
          .slice(0, 400),
        expected: 'nothing',
      });
    }
  }

  /** A payment has its own way to the chain: its transaction is there, succeeded, and carries the intent's hash somewhere. */
  async function checkPayment(intent: IntentRecord, payment: OutcomeRecord): Promise<void> {
    if (payment.result?.status !== 'settled') return;
    const where = placeOf(payment, undefined);
    const hash = payment.result.transaction?.toLowerCase() as Hex | undefined;
    const found = hash === undefined ? undefined : await named(hash);
    if (found?.receipt === undefined) {
      find({
        code: 'transaction-missing',
        what: 'The payment says settled, and the chain has no such transaction.',
        where,
      });
      return;
    }
    const place = { ...where, transaction: hash!, block: found.receipt.block };
    if (!found.receipt.isSuccess) {
      find({
        code: 'transaction-failed',
        what: 'The payment says settled, and its transaction was taken back.',
        where: place,
      });
      return;
    }
    const carries =
      found.transaction?.input.includes(intent.leafHash) === true ||
      found.receipt.logs.some(
        ({ topics, data }) => data.includes(intent.leafHash) || topics.includes(`0x${intent.leafHash}`),
      );
    if (!carries) {
      find({
        code: 'transaction-of-another',
        what: 'The transaction of the payment does not carry the hash of its intent.',
        where: place,
      });
    }
  }

  /** The chain shows the act, and the agent has decided other things since without saying so. */
  function wentOn(act: ChainAct | undefined): boolean {
    return act !== undefined && memory.latest() > act.time * 1_000 + init.outcomeMs;
  }

  async function checkIntent(intent: IntentRecord): Promise<void> {
    const act = byIntent.get(intent.leafHash);
    const outcomes = intent.outcomes.filter(({ kind }) => kind === 'outcome');
    const certain = outcomes.filter(isCertain);
    const [first, ...more] = certain;
    const last = outcomes.at(-1);
    // One that is dated in the future does not get more time for it.
    const isFuture = intent.time > init.now + init.toleranceMs;
    const age = isFuture ? Number.MAX_SAFE_INTEGER : init.now - intent.time;
    if (first !== undefined) {
      if (first.result!.status === 'settled') await checkSettled(intent, first);
      else await checkFailed(intent, first);
      for (const other of more) {
        const isSameWord =
          other.result!.status === first.result!.status &&
          other.result!.transaction?.toLowerCase() === first.result!.transaction?.toLowerCase();
        if (isSameWord) continue;
        find({
          code: 'outcome-contradicted',
          what: `Entries ${first.index} and ${other.index} say different things of one intent.`,
          where: placeOf(other, act),
          got: `${other.result!.status} ${other.result!.transaction ?? ''}`.trim(),
          expected: `${first.result!.status} ${first.result!.transaction ?? ''}`.trim(),
        });
      }
    } else if (last !== undefined) {
      if (age > init.deadlineMs || wentOn(act)) {
        find({
          code: 'outcome-uncertain',
          severity: act === undefined ? 'warning' : 'fault',
          what:
            act === undefined
              ? `What became of entry ${intent.index} is ${last.result?.status ?? 'unknown'} for ${minutesOf(age)}.`
              : `The outcome of entry ${intent.index} is ${last.result?.status ?? 'unknown'} for ${minutesOf(age)}, and the chain shows the act.`,
          where: placeOf(last, act),
        });
      }
    } else {
      const isOld = age > init.deadlineMs || wentOn(act);
      find({
        code: 'intent-without-outcome',
        severity: isOld ? 'fault' : 'warning',
        what: isOld
          ? `The journal does not say what became of the intent${act === undefined ? '' : ', and the chain shows that it was done'}.`
          : 'The journal does not say yet what became of the intent.',
        where: {
          index: intent.index,
          leafHash: intent.leafHash,
          at: intent.time,
          ...(act === undefined ? {} : { transaction: act.transaction, block: act.block }),
        },
      });
    }
    for (const payment of intent.outcomes)
      if (payment.kind === 'payment') await checkPayment(intent, payment);
    init.onIntent();
  }

  await Promise.all([...memory.intents.values()].map(checkIntent));
  for (const act of byIntent.values()) checkCounted(act, init);
  return { transactions, claimed, amountsCompared };
}

/** More of the mandate's asset left than the mandate counted: a contract took it by another way. */
function checkCounted(act: ChainAct, { chainId, assetOf, find }: CheckOutcomesInit): void {
  const asset = assetOf(act.id);
  if (asset === undefined) return;
  const left = -(act.moved.get(assetNameOf(chainId, asset)) ?? 0n);
  const counted = act.uses.reduce((sum, { amount }) => sum + amount, 0n);
  if (left <= counted) return;
  find({
    code: 'amount-uncounted',
    severity: 'warning',
    what: 'More of the asset left the account than the mandate counted.',
    where: { transaction: act.transaction, block: act.block, at: act.time * 1_000 },
    got: String(left),
    expected: `at most ${counted}`,
  });
}

function minutesOf(ms: number): string {
  return ms < 7_200_000 ? `${Math.floor(ms / 60_000)} minutes` : `${Math.floor(ms / 3_600_000)} hours`;
}

function placeOf(outcome: OutcomeRecord, act: ChainAct | undefined): AuditPlace {
  const transaction = act?.transaction ?? outcome.result?.transaction ?? undefined;
  const block = act?.block ?? outcome.result?.block ?? undefined;
  return {
    index: outcome.index,
    leafHash: outcome.leafHash,
    at: outcome.time,
    ...(transaction === undefined ? {} : { transaction }),
    ...(block === undefined ? {} : { block }),
  };
}
