import type { OracleVerifier } from '@lichen/protocol';
import type { Hex } from 'viem';
import type { PrivateKeyAccount } from 'viem/accounts';
import { callPeer } from './callPeer.ts';
import type { ChainFollower } from './chainFollower.ts';
import type { InputStore } from './inputStore.ts';
import { type LeaderComponents, type LedRound, leadRound } from './leadRound.ts';
import type { Membership, Place, Seat } from './membership.ts';
import type { Observation } from './observation.ts';
import { leaderOf, type Question, type SignedRound } from './participant.ts';
import { type InFlight, tellResult } from './roundResult.ts';
import type { SignedRounds } from './signedRounds.ts';
import { callsOfRound } from './submitRound.ts';
import type { Sender } from './transactions.ts';

/** Chain seconds of a slot: each has one leader. */
export const slotSeconds = 2;
/** Chain seconds without a report after which a leader sends an empty one. */
const heartbeatSeconds = 50;
/**
 * Chain seconds without a report after which the heartbeat goes before the questions: everybody was away, and until a report
 * comes nothing is sold, however long the questions of the time between take.
 */
const longSilence = 2 * heartbeatSeconds;
/** Answers in one round. */
const answersPerRound = 32;

export interface RoundLeaderComponents {
  readonly membership: Membership;
  readonly follower: Pick<ChainFollower, 'sync' | 'questions' | 'rounds'>;
  readonly signedRounds: SignedRounds;
  readonly signedRoundOf: (round: number) => SignedRound | undefined;
  readonly inFlight: InFlight;
  readonly inputs: InputStore;
  readonly observe: (question: Question, observedTo: number) => Promise<Observation>;
  readonly verifier: OracleVerifier;
  readonly account: PrivateKeyAccount;
  readonly oracle: Hex;
  readonly sender: Sender;
  readonly clock: () => number;
  /** Told after each slot that was this reporter's to lead. */
  readonly afterRound: (place: Omit<Place, 'set'>, round: number) => Promise<void>;
  readonly deadlines?: LeaderComponents['deadlines'];
  readonly log: (line: string) => void;
}

/** Leads the rounds that are this reporter's. */
export interface RoundLeader {
  /**
   * Leads the round of the slot that has just begun, when it is this reporter's.
   * @throws LichenError `no-quorum`, `chain-unreachable`; the next leader then tries again
   */
  lead(): Promise<void>;
}

/** Creates the leading side of a reporter: it proposes what it can answer itself, and brings the result to the chain. */
export function createRoundLeader(components: RoundLeaderComponents): RoundLeader {
  const { membership, follower, signedRounds, inFlight, inputs, observe, sender, clock, log } = components;
  const { verifier, account, oracle } = components;

  async function readyQuestions(observedTo: number): Promise<readonly Question[]> {
    const due = [...follower.questions.values()].filter(
      ({ id, status, spec }) =>
        status === 'pending' && spec.opensAt <= observedTo && spec.answerBy > observedTo && !inFlight.has(id),
    );
    // Those that run out first come first; a leader proposes only what it can answer itself.
    due.sort((a, b) => a.spec.answerBy - b.spec.answerBy);
    const ready: Question[] = [];
    for (let i = 0; i < due.length && ready.length < answersPerRound; i += answersPerRound) {
      const part = due.slice(i, i + answersPerRound);
      const observed = await Promise.all(part.map((question) => observe(question, observedTo)));
      ready.push(...part.filter((_, at) => observed[at]!.outcome !== 2));
      if (clock() > observedTo + slotSeconds) break;
    }
    return ready.slice(0, answersPerRound);
  }

  async function submit(place: Omit<Place, 'set'>, led: LedRound): Promise<void> {
    const questions = led.leaves.map(({ questionId }) => questionId);
    inFlight.mark(questions);
    const told = tellResult({ verifier, account }, place, {
      report: led.report,
      signatures: [...led.signatures].map(([index, signature]) => ({ index, signature })),
      questions,
    });
    const receipts = await sender.send(callsOfRound(oracle, led));
    const failed = receipts.filter((receipt) => receipt.status === 'reverted').length;
    log(
      `round ${led.report.round}: ${led.leaves.length} answers, ${led.signatures.size} signatures, ${failed} reverted`,
    );
    await told;
  }

  const isOwn = ({ own, peers }: Seat, round: number) => own?.index === leaderOf(round, peers.length);

  return {
    lead: async () => {
      const round = Math.floor(clock() / slotSeconds);
      if (!isOwn(membership.seat(), round)) return;
      await follower.sync();
      // The set may have changed, and a slow chain may have cost the slot.
      const seat = membership.seat();
      const { own, peers } = seat;
      const observedTo = Math.floor(clock());
      if (own === null || !isOwn(seat, round) || round <= signedRounds.last) return;
      if (Math.floor(observedTo / slotSeconds) !== round) return;
      const silence = observedTo - ([...follower.rounds.values()].at(-1)?.observedTo ?? 0);
      const questions = silence >= longSilence ? [] : await readyQuestions(observedTo);
      const isHeartbeat = questions.length === 0 && silence >= heartbeatSeconds;
      if (questions.length > 0 || isHeartbeat) {
        const led = await leadRound(
          {
            index: own.index,
            peers,
            verifier,
            account,
            participant: own.participant,
            call: callPeer,
            signedRoundOf: components.signedRoundOf,
            ...(components.deadlines === undefined ? {} : { deadlines: components.deadlines }),
          },
          {
            round,
            observedFrom: round * slotSeconds,
            observedTo,
            questions,
            inputs: questions.flatMap(({ spec }) => inputs.get(spec.inputHash) ?? []),
          },
        );
        // A round that found nothing in common is no news; only a heartbeat may be empty.
        if (led.leaves.length > 0 || isHeartbeat) await submit({ peers, index: own.index }, led);
      }
      await components.afterRound({ peers, index: own.index }, round);
    },
  };
}
