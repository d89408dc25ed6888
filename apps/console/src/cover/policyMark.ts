import type { Policy } from '@lichen/sdk';
import type { Tone } from '../parts/Mark.tsx';

/** A policy's state in two words, and how it should look. `now` is chain time, unix seconds. */
export function policyMark(
  policy: Pick<Policy, 'state' | 'outcome' | 'flight'>,
  now: number,
): { readonly tone: Tone; readonly text: string } {
  switch (policy.state) {
    case 'paid':
      return { tone: 'good', text: 'Paid out' };
    case 'refunded':
      return { tone: 'good', text: 'Premium returned' };
    case 'closed':
      return { tone: 'calm', text: 'Ended, on time' };
    default:
      if (now < policy.flight.departsAt) return { tone: 'alive', text: 'Waits to depart' };
      if (now < policy.flight.arrivesAt) return { tone: 'alive', text: 'Being watched' };
      return { tone: 'alive', text: 'Being settled' };
  }
}
