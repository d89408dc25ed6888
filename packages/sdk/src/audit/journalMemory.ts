import type {
  Decision,
  DecisionAct,
  DecisionAmount,
  DecisionCheck,
  DecisionKind,
  DecisionResult,
} from '@lichen/protocol';
import type { AuditFindingTaker } from './auditFinding.ts';

/** What an audit remembers of an outcome or a payment. */
export interface OutcomeRecord {
  readonly index: number;
  readonly leafHash: string;
  readonly kind: 'outcome' | 'payment';
  readonly time: number;
  readonly result: DecisionResult | null;
  readonly amounts: readonly DecisionAmount[];
}

/** What an audit remembers of an intent. */
export interface IntentRecord {
  readonly index: number;
  readonly leafHash: string;
  readonly time: number;
  readonly choice: string;
  readonly act: DecisionAct | null;
  readonly failedChecks: readonly DecisionCheck[];
  /** Index of the pause that held when it was recorded. */
  readonly pausedBy: number | undefined;
  /** Latest block of the chain that an entry before it knows of, and the latest time of one; with the entries. */
  readonly knownBlock: { readonly block: number; readonly index: number } | undefined;
  readonly knownTime: { readonly time: number; readonly index: number } | undefined;
  readonly outcomes: OutcomeRecord[];
}

export interface PauseSpan {
  /** Unix milliseconds, and entry. */
  readonly from: number;
  readonly index: number;
  to: number | undefined;
}

/** What an audit keeps of a journal while it passes: intents and what became of them; of the rest only counts and times. */
export interface JournalMemory {
  readonly intents: ReadonlyMap<string, IntentRecord>;
  /** Outcomes and payments that belong to no intent before them. */
  readonly kinds: Readonly<Record<DecisionKind, number>>;
  readonly pauses: readonly PauseSpan[];
  /** Unix milliseconds of each decision, and whether it is an intent (0), a refusal (1) or something else (2). */
  times(): { readonly at: Float64Array; readonly what: Uint8Array };
  /** Time of the latest decision, unix milliseconds; 0 where there is none. */
  latest(): number;
  take(index: number, decision: Decision, leafHash: string): void;
}

/** Checks that failed, but for the runtime's word that a language model did not answer: the rules then decided without it. */
function failedChecksOf({ checks, model }: Decision): DecisionCheck[] {
  const failed = checks.filter(({ passed }) => !passed);
  if (model?.kind !== 'language') return failed;
  const silent = failed.findIndex(({ rule }) => rule === 'runtime: model');
  return failed.filter((_, at) => at !== silent);
}

export function createJournalMemory(
  expectedAgent: string,
  chainId: number,
  find: AuditFindingTaker,
): JournalMemory {
  const intents = new Map<string, IntentRecord>();
  const kinds: Record<DecisionKind, number> = {
    intent: 0,
    outcome: 0,
    refusal: 0,
    payment: 0,
    change: 0,
    pause: 0,
  };
  const pauses: PauseSpan[] = [];
  let paused: PauseSpan | undefined;
  let knownBlock: IntentRecord['knownBlock'];
  let knownTime: IntentRecord['knownTime'];
  let isOfAnother = false;
  let at = new Float64Array(4_096);
  let what = new Uint8Array(4_096);
  let count = 0;

  function remember(time: number, kind: DecisionKind): void {
    if (count === at.length) {
      const [longerAt, longerWhat] = [new Float64Array(count * 2), new Uint8Array(count * 2)];
      longerAt.set(at);
      longerWhat.set(what);
      [at, what] = [longerAt, longerWhat];
    }
    at[count] = time;
    what[count] = kind === 'intent' ? 0 : kind === 'refusal' ? 1 : 2;
    count += 1;
  }

  /** The latest block that a decision shows knowledge of. */
  function blockIn({ inputs, result }: Decision): number {
    let latest = result?.status === 'settled' ? (result.block ?? 0) : 0;
    for (const { provenance } of inputs) {
      if (provenance.by === 'chain' && provenance.chainId === chainId)
        latest = Math.max(latest, provenance.block);
    }
    return latest;
  }

  function takeOutcome(index: number, decision: Decision, leafHash: string): void {
    const { kind, refersTo, time, result, amounts } = decision;
    const intent = refersTo === null ? undefined : intents.get(refersTo);
    if (intent === undefined) {
      // A payment may stand for itself: money that arrived.
      if (kind === 'payment' && refersTo === null) return;
      find({
        code: 'outcome-without-intent',
        what: `The ${kind} refers to no intent before it.`,
        where: { index, leafHash, at: time },
        got: String(refersTo),
        expected: 'the leaf hash of an intent',
      });
      return;
    }
    intent.outcomes.push({ index, leafHash, kind: kind as 'outcome' | 'payment', time, result, amounts });
  }

  return {
    intents,
    kinds,
    pauses,
    latest: () => knownTime?.time ?? 0,
    times: () => ({ at: at.subarray(0, count), what: what.subarray(0, count) }),
    take: (index, decision, leafHash) => {
      const { kind, time, choice } = decision;
      kinds[kind] += 1;
      remember(time, kind);
      if (!isOfAnother && decision.agent.toLowerCase() !== expectedAgent) {
        isOfAnother = true;
        find({
          code: 'agent-differs',
          what: 'The journal is of another agent.',
          where: { index, leafHash },
          got: decision.agent.slice(0, 120),
          expected: expectedAgent,
        });
      }
      // The same bytes twice break the count of the journal, which is found elsewhere; the first counts.
      if (kind === 'intent' && !intents.has(leafHash)) {
        intents.set(leafHash, {
          index,
          leafHash,
          time,
          choice,
          act: decision.act,
          failedChecks: failedChecksOf(decision),
          pausedBy: paused?.index,
          knownBlock,
          knownTime,
          outcomes: [],
        });
      } else if (kind === 'outcome' || kind === 'payment') {
        takeOutcome(index, decision, leafHash);
      } else if (kind === 'pause') {
        if (choice === 'pause' && paused === undefined) {
          paused = { from: time, index, to: undefined };
          pauses.push(paused);
        }
        if (choice === 'resume' && paused !== undefined) {
          paused.to = time;
          paused = undefined;
        }
      }
      const block = blockIn(decision);
      if (block > (knownBlock?.block ?? 0)) knownBlock = { block, index };
      if (time > (knownTime?.time ?? 0)) knownTime = { time, index };
    },
  };
}
