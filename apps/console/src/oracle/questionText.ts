import { flightTopic } from '@lichen/protocol';
import type { Question } from '@lichen/sdk';
import { zeroHash } from 'viem';
import type { Tone } from '../parts/Mark.tsx';

/** What was asked, in one sentence. */
export function questionText({ spec }: Pick<Question, 'spec'>): string {
  if (spec.topic.toLowerCase() === flightTopic) return 'What became of this flight?';
  return spec.modelId === zeroHash ? 'A question of another contract' : 'What does the model say?';
}

/**
 * Where a question stands at chain time `now`. The chain writes `final` only when somebody makes it so; an accepted
 * answer whose time for disputes is over can no longer change, so it is called final here too.
 */
export function questionMark(
  { spec, status, answer }: Pick<Question, 'spec' | 'status' | 'answer'>,
  now: number,
): { readonly state: Question['status']; readonly tone: Tone; readonly text: string } {
  if (status === 'pending') {
    return now < spec.opensAt
      ? { state: status, tone: 'calm', text: 'Not open yet' }
      : { state: status, tone: 'alive', text: 'Pending' };
  }
  if (status === 'accepted' && answer !== null && now >= answer.acceptedAt + spec.liveness) {
    return { state: 'final', tone: 'good', text: 'Final' };
  }
  if (status === 'accepted') return { state: status, tone: 'alive', text: 'Accepted' };
  if (status === 'disputed') return { state: status, tone: 'bad', text: 'Disputed' };
  if (status === 'final') return { state: status, tone: 'good', text: 'Final' };
  return { state: status, tone: 'calm', text: status === 'cancelled' ? 'Cancelled' : 'Unknown' };
}
