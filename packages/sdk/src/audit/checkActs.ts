import { blobHashOf, type DecisionCall, type Execution, type Sha256 } from '@lichen/protocol';
import { type Address, type Hex, hexToBytes } from 'viem';
import type { AnchoredHead } from './accountEvents.ts';
import type { AuditFindingTaker, AuditPlace } from './auditFinding.ts';
import type { IntentRecord, JournalMemory } from './journalMemory.ts';
import type { ChainAct } from './readActs.ts';
import { amountsText } from './transfersOf.ts';

export interface CheckActsInit {
  readonly acts: readonly ChainAct[];
  readonly memory: JournalMemory;
  readonly account: Address;
  readonly chainId: number;
  readonly isAnchorKnown: boolean;
  /** Oldest first. */
  readonly heads: readonly AnchoredHead[];
  readonly toleranceMs: number;
  readonly anchorMs: number;
  /** Unix milliseconds of the last block. */
  readonly headTime: number;
  readonly hash: Sha256 | undefined;
  readonly find: AuditFindingTaker;
}

export interface CheckedActs {
  /** The act of each intent that has one, by leaf hash. */
  readonly byIntent: ReadonlyMap<string, ChainAct>;
  /** Acts whose intent a head on the chain covers: before the act, after it, not yet. */
  readonly order: { readonly before: number; readonly after: number; readonly never: number };
}

const isSameText = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();

function placeOf(act: ChainAct, intent?: IntentRecord): AuditPlace {
  return {
    ...(intent === undefined ? {} : { index: intent.index, leafHash: intent.leafHash }),
    transaction: act.transaction,
    block: act.block,
    at: act.time * 1_000,
  };
}

/** A call as a transaction shows it; one that is known from its event only has no data. */
export interface MadeCall {
  readonly target: Address;
  readonly selector: string;
  readonly callData?: Hex;
  readonly value?: bigint;
}

/** What differs between the calls that were announced and those that were made; undefined where nothing does. */
export function callDifference(
  announced: readonly DecisionCall[],
  made: readonly MadeCall[],
  hash: Sha256 | undefined,
): { readonly got: string; readonly expected: string } | undefined {
  if (announced.length !== made.length) {
    return { got: `${made.length} calls`, expected: `${announced.length} calls` };
  }
  for (const [at, { target, selector, callData, value = 0n }] of made.entries()) {
    const wanted = announced[at]!;
    const name = (to: string, of: string) => `call ${at}: ${of} of ${to}`;
    if (!isSameText(target, wanted.to) || !isSameText(selector, wanted.selector)) {
      return { got: name(target, selector), expected: name(wanted.to, wanted.selector) };
    }
    const sha256 = callData === undefined ? undefined : blobHashOf(hexToBytes(callData), hash);
    if (sha256 !== undefined && sha256 !== wanted.dataSha256) {
      return {
        got: `call ${at} with data of SHA-256 ${sha256}`,
        expected: `data of SHA-256 ${wanted.dataSha256}`,
      };
    }
    if (value !== 0n) return { got: `call ${at} with ${value} wei`, expected: 'no ether' };
  }
  return undefined;
}

/** The calls of a use of a mandate, each with its selector. */
export function madeCalls(calls: readonly Execution[]): MadeCall[] {
  return calls.map((call) => ({ ...call, selector: call.callData.slice(0, 10) }));
}

/** What differs between the way an act was announced and the way it was done. */
function wayDifference(
  intent: IntentRecord,
  act: ChainAct,
  account: Address,
  chainId: number,
): { readonly got: string; readonly expected: string } | undefined {
  const announced = intent.act;
  if (announced === null) return { got: 'an act', expected: 'an intent that announces none' };
  const { mandate, nonce } = announced;
  if (announced.chainId !== chainId) {
    return { got: `chain ${chainId}`, expected: `chain ${announced.chainId}` };
  }
  if (!isSameText(announced.account, account)) return { got: account, expected: announced.account };
  if (mandate === null || !isSameText(mandate, act.id)) {
    return { got: `mandate ${act.id}`, expected: mandate === null ? 'no mandate' : `mandate ${mandate}` };
  }
  if (act.by === 'key' && act.nonce !== nonce) {
    return { got: `nonce ${act.nonce}`, expected: nonce === null ? 'no nonce' : `nonce ${nonce}` };
  }
  if (act.by === 'operation' && nonce !== null) {
    return { got: 'an operation of the account', expected: `a transaction with nonce ${nonce}` };
  }
  return undefined;
}

/** Whether an intent was in the journal when its act was done, by the heads on the chain and what the journal knows. */
function checkOrder(
  intent: IntentRecord,
  act: ChainAct,
  { heads, toleranceMs, find }: CheckActsInit,
): keyof CheckedActs['order'] {
  const where = placeOf(act, intent);
  const actMs = act.time * 1_000;
  const late = (what: string, got: string, expected: string) =>
    find({ code: 'intent-late', what, where, got, expected });
  const isAfter = ({ block, logIndex }: AnchoredHead) =>
    block > act.block || (block === act.block && logIndex > act.logIndex);
  // Sizes only grow, so that the first head that covers the intent is found by halving.
  let [low, high] = [0, heads.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (heads[middle]!.size > intent.index) high = middle;
    else low = middle + 1;
  }
  const covering = heads[low];
  const lastWithout = heads[low - 1];
  const { knownBlock, knownTime } = intent;
  if (intent.time > actMs + toleranceMs) {
    late(
      'The intent is dated after its act.',
      `an intent of ${isoOf(intent.time)}`,
      `before ${isoOf(actMs)}`,
    );
  } else if (knownBlock !== undefined && knownBlock.block > act.block) {
    late(
      `Entry ${knownBlock.index}, which was recorded before the intent, knows of a later block than that of the act.`,
      `block ${knownBlock.block}`,
      `at most ${act.block}`,
    );
  } else if (
    lastWithout !== undefined &&
    isAfter(lastWithout) &&
    (lastWithout.time - act.time) * 1_000 > toleranceMs
  ) {
    late(
      `A head of the journal that went on the chain ${lastWithout.time - act.time} s after the act does not have the intent.`,
      `${lastWithout.size} entries anchored in block ${lastWithout.block}`,
      `more than ${intent.index}`,
    );
  } else if (knownTime !== undefined && knownTime.time > actMs + toleranceMs) {
    find({
      code: 'intent-late',
      severity: 'warning',
      what: `Entry ${knownTime.index}, which was recorded before the intent, is dated after the act.`,
      where,
      got: isoOf(knownTime.time),
      expected: `at most ${isoOf(actMs)}`,
    });
  }
  if (covering === undefined) return 'never';
  return isAfter(covering) ? 'after' : 'before';
}

function isoOf(ms: number): string {
  return Number.isFinite(ms) && Math.abs(ms) < 8.64e15 ? new Date(ms).toISOString() : `${ms} ms`;
}

/** From the chain to the journal: every use of the agent's mandates has one intent that announced just this. */
export function checkActs(init: CheckActsInit): CheckedActs {
  const { acts, memory, account, chainId, heads, find } = init;
  const byIntent = new Map<string, ChainAct>();
  const order = { before: 0, after: 0, never: 0 };
  const unanchored: ChainAct[] = [];
  for (const act of acts) {
    const leafHash = act.intent.slice(2);
    const intent = memory.intents.get(leafHash);
    if (act.by === 'account') {
      find({
        code: 'act-by-account',
        severity: 'warning',
        what: 'The account itself used a mandate of the agent; the agent did not sign it.',
        where: placeOf(act),
      });
      continue;
    }
    if (intent === undefined) {
      find({
        code: 'act-without-intent',
        what: `The agent used its mandate, moved ${amountsText(act.moved)}, and no intent in the journal has the hash that the act carried.`,
        where: placeOf(act),
        got: /^0x0+$/.test(act.intent) ? 'no hash at all' : leafHash,
        expected: 'the leaf hash of an intent',
      });
      continue;
    }
    const where = placeOf(act, intent);
    const earlier = byIntent.get(leafHash);
    if (earlier !== undefined) {
      find({
        code: 'intent-used-twice',
        what: `The intent was carried out again; it moved ${amountsText(act.moved)} more.`,
        where,
        got: `also ${earlier.transaction}`,
        expected: 'one act',
      });
      continue;
    }
    byIntent.set(leafHash, act);
    const made = act.calls === undefined ? act.uses : madeCalls(act.calls);
    const calls = callDifference(intent.act?.calls ?? [], made, init.hash);
    if (calls !== undefined) {
      find({
        code: 'calls-differ',
        what: 'Other calls were made than the intent announced.',
        where,
        ...calls,
      });
    }
    const way = wayDifference(intent, act, account, chainId);
    if (way !== undefined) {
      find({
        code: 'act-differs',
        what: 'The act was done otherwise than the intent announced.',
        where,
        ...way,
      });
    }
    if (act.calls === undefined) {
      find({
        code: 'act-unreadable',
        what: 'The transaction does not show the calls, so that they cannot be compared with the intent: the executor was reached by way of another contract.',
        where,
      });
    }
    for (const { rule, got, limit } of intent.failedChecks.slice(0, 3)) {
      find({
        code: 'check-failed',
        what: `The agent acted although its own check had failed: ${rule.slice(0, 200)}.`,
        where,
        got: got.slice(0, 200),
        expected: limit.slice(0, 200),
      });
    }
    checkPause(intent, act, init);
    const shown = checkOrder(intent, act, init);
    order[shown] += 1;
    if (shown === 'never' && init.headTime - act.time * 1_000 > init.anchorMs) unanchored.push(act);
  }
  const [first] = unanchored;
  if (first !== undefined && init.isAnchorKnown) {
    const why =
      heads.length === 0
        ? 'there is no head of the journal on the chain'
        : 'the last head on the chain is older';
    find({
      code: 'intent-unanchored',
      severity: 'warning',
      what: `Nothing on the chain shows that the intents of ${unanchored.length} acts were in the journal: ${why}.`,
      where: placeOf(first, memory.intents.get(first.intent.slice(2))),
    });
  }
  return { byIntent, order };
}

function checkPause(intent: IntentRecord, act: ChainAct, { memory, toleranceMs, find }: CheckActsInit): void {
  const where = placeOf(act, intent);
  if (intent.pausedBy !== undefined) {
    find({
      code: 'acted-while-paused',
      what: `The agent acted while it was paused by entry ${intent.pausedBy}.`,
      where,
    });
    return;
  }
  const actMs = act.time * 1_000;
  const pause = memory.pauses.find(
    ({ from, to, index }) =>
      index > intent.index && actMs > from + toleranceMs && (to === undefined || actMs < to - toleranceMs),
  );
  if (pause === undefined) return;
  find({
    code: 'landed-while-paused',
    severity: 'warning',
    what: `The act was recorded before the pause of entry ${pause.index}, and landed during it.`,
    where,
  });
}
