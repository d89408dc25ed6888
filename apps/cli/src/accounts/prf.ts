import { createHmac } from 'node:crypto';
import { vaultPrfInput } from '@lichen/sdk';
import { type Hex, hexToBytes } from 'viem';

/**
 * What a passkey's PRF would give for the vault, 32 bytes: HMAC-SHA256 under a secret of the file, as CTAP 2.1's
 * `hmac-secret` does inside an authenticator.
 */
export function prfOutputOf(prfSecret: Hex): Uint8Array {
  return createHmac('sha256', hexToBytes(prfSecret)).update(vaultPrfInput).digest();
}
