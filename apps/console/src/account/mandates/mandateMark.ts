import type { Mandate } from '@lichen/sdk';
import type { Tone } from '../../parts/Mark.tsx';

/** A mandate's state at chain time `now`. Expiry is judged here too: the chain writes nothing when a time passes. */
export function mandateMark(
  mandate: Pick<Mandate, 'status' | 'terms' | 'left'>,
  now: number,
): { readonly tone: Tone; readonly text: string; readonly ended: boolean } {
  const { status, terms } = mandate;
  if (status === 'revoked') return { tone: 'bad', text: 'Revoked', ended: true };
  if (now >= terms.validUntil) return { tone: 'calm', text: 'Expired', ended: true };
  if (status === 'paused') return { tone: 'alive', text: 'Paused', ended: false };
  if (now < terms.validFrom) return { tone: 'calm', text: 'Not started', ended: false };
  // Its window slides on, so this is no end: with time it may act again.
  if (mandate.left.calls === 0n || mandate.left.ofPeriod === 0n) {
    return { tone: 'calm', text: 'Used up for now', ended: false };
  }
  return { tone: 'good', text: 'May act', ended: false };
}
