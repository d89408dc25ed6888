import { p256 } from '@noble/curves/nist.js';
import { bytesToHex, concat, type Hex, hexToBytes, sha256, slice, stringToHex } from 'viem';
import type { Assertion, Passkey } from './passkey.ts';
import { assertionDigestOf, challengeTextOf } from './passkeySignature.ts';

/** A passkey whose private key is a file or a variable: as safe as that, and the screen says so. */
export interface SoftwarePasskey {
  readonly passkey: Passkey;
  sign(hash: Hex): Assertion;
}

/** User present and user verified: an account takes nothing less. */
const flags = '0x05';
/** A software key counts no uses, and says so by zero (WebAuthn level 2, section 6.1.1). */
const counter = '0x00000000';

/**
 * A passkey from a P-256 private key of 32 bytes, which signs as an authenticator does for a page of `origin`.
 * The same key and hash give the same assertion (RFC 6979).
 * @example
 * const { passkey, sign } = softwarePasskey(privateKey, 'localhost', 'http://localhost:8080');
 */
export function softwarePasskey(privateKey: Hex, rpId: string, origin: string): SoftwarePasskey {
  const secret = hexToBytes(privateKey);
  const point = bytesToHex(p256.getPublicKey(secret, false));
  const authenticatorData = concat([sha256(stringToHex(rpId)), flags, counter]);
  return {
    passkey: { x: slice(point, 1, 33), y: slice(point, 33, 65) },
    sign(hash) {
      const clientDataJSON = `{"type":"webauthn.get","challenge":"${challengeTextOf(hash)}","origin":${JSON.stringify(origin)},"crossOrigin":false}`;
      const digest = hexToBytes(assertionDigestOf({ authenticatorData, clientDataJSON }));
      const signature = bytesToHex(p256.sign(digest, secret, { prehash: false }));
      return { authenticatorData, clientDataJSON, signature };
    },
  };
}
