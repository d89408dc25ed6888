import type { QuestionSpec } from '@lichen/protocol';
import type { Address, Hex } from 'viem';
import { type ChainFollower, membersIn, slashedMembers } from '../reporter/chainFollower.ts';

/** One thing that anybody may do now. */
export type Duty = {
  /** Names the duty for good. */
  readonly key: string;
  /** Question, policy or set, for the log. */
  readonly subject: string;
} & (
  | { readonly kind: 'finalize' | 'cancel' | 'resolveEvidence'; readonly spec: QuestionSpec }
  | { readonly kind: 'payOut'; readonly policy: Hex }
  | { readonly kind: 'expel' }
  | { readonly kind: 'settleSlash'; readonly epoch: number; readonly entry: number }
);

/** What follows from slashes: the slashed leave the set at once, and their bonds are taken. */
function dutiesOfSlashes(
  follower: Pick<ChainFollower, 'set' | 'sets' | 'slashes' | 'takenBonds' | 'leaving'>,
): Duty[] {
  const duties: Duty[] = [];
  const { set, sets, slashes, takenBonds, leaving } = follower;
  const slashed = slashedMembers(follower);
  if (set?.members.some((member) => slashed.has(member) || leaving.has(member)) === true) {
    duties.push({ key: `expel ${set.epoch}`, subject: `set ${set.epoch}`, kind: 'expel' });
  }
  for (const [epoch, entries] of slashes) {
    const members = sets.get(epoch);
    for (const [entry, { reporters }] of entries.entries()) {
      const isDue =
        members !== undefined && membersIn(members, reporters).some((one) => !takenBonds.has(one));
      // An entry that grows is due again.
      const key = `settleSlash ${epoch} ${entry} ${reporters}`;
      if (isDue) duties.push({ key, subject: `set ${epoch}`, kind: 'settleSlash', epoch, entry });
    }
  }
  return duties;
}

/**
 * What is due at a chain second, in the order in which it must run: the set first, then questions, then the policies that
 * wait for them. Due means that the chain is worth asking, not that it will agree.
 */
export function dutiesOf(
  follower: Pick<
    ChainFollower,
    | 'questions'
    | 'policies'
    | 'rounds'
    | 'settledFlights'
    | 'set'
    | 'sets'
    | 'slashes'
    | 'takenBonds'
    | 'leaving'
  >,
  flightCover: Address,
  now: number,
): Duty[] {
  const duties = dutiesOfSlashes(follower);
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
