import type { RecoveryUnderWay } from '@lichen/sdk';
import type { PasskeyOffer } from '../passkeys/passkeyOffer.ts';

/** The recovery that would put an offered passkey in; null when nobody has proposed it. */
export function proposalOf(
  underWay: readonly RecoveryUnderWay[],
  offer: Pick<PasskeyOffer, 'passkey'>,
): RecoveryUnderWay | null {
  return (
    underWay.find(({ passkey }) => passkey.x === offer.passkey.x && passkey.y === offer.passkey.y) ?? null
  );
}
