import type { QuestionSpec } from '@lichen/protocol';
import type { Address, Hex } from 'viem';
import type { ChainFollower } from '../reporter/chainFollower.ts';

/** One thing that anybody may do now. */
export type Duty = {
  /** Names the duty for good. */
  readonly key: string;
  /** Question or policy, for the log. */
  readonly subject: Hex;
} & (
  | { readonly kind: 'finalize' | 'cancel' | 'resolveEvidence'; readonly spec: QuestionSpec }
  | { readonly kind: 'payOut'; readonly policy: Hex }
);

/**
 * What is due at a chain second, in the order in which it must run: questions first, then the policies that wait for them.
 * Due means that the chain is worth asking, not that it will agree.
 */
export function dutiesOf(
  follower: Pick<ChainFollower, 'questions' | 'policies' | 'rounds' | 'settledFlights'>,
  flightCover: Address,
  now: number,
): Duty[] {
  const duties: Duty[] = [];
  // A flight's policies can be settled once its question has run its course.
  const decided = new Set<Hex>(follower.settledFlights);
  for (const question of follower.questions.values()) {
    const { id, spec, status, answer } = question;
    const isFlight = spec.asker.toLowerCase() === flightCover.toLowerCase();
    if (status === 'pending') {
      if (now <= spec.answerBy) continue;
      duties.push({ key: `cancel ${id}`, subject: id, kind: 'cancel', spec });
    } else if (status === 'accepted') {
      // An acceptance cannot be older than its round: without its own time this is the earliest second it can be final.
      const accepted = answer?.acceptedAt ?? follower.rounds.get(answer?.round ?? -1)?.observedTo ?? 0;
      if (now < accepted + spec.liveness) continue;
      duties.push({ key: `finalize ${id}`, subject: id, kind: 'finalize', spec });
    } else if (status === 'disputed') {
      if (now <= (question.defendBy ?? 0)) continue;
      duties.push({ key: `resolve ${id}`, subject: id, kind: 'resolveEvidence', spec });
    }
    if (isFlight) decided.add(spec.subject);
  }
  for (const policy of follower.policies.values()) {
    if (!policy.open || !decided.has(policy.flightId)) continue;
    duties.push({ key: `pay ${policy.id}`, subject: policy.id, kind: 'payOut', policy: policy.id });
  }
  return duties;
}
