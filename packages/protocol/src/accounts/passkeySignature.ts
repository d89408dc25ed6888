import { p256 } from '@noble/curves/nist.js';
import { bytesToHex, concat, type Hex, hexToBytes, sha256, size, slice, stringToHex } from 'viem';
import { LichenError } from '../errors.ts';
import type { Assertion, Passkey } from './passkey.ts';

/** Largest number of devices of an account; an index is below it. */
export const maxPasskeys = 64;

const clientDataPrefix = '{"type":"webauthn.get","challenge":"';
/** Base64url of 32 bytes, without padding. */
const challengeLength = 43;

function refuse(got: string, expected: string): never {
  throw new LichenError('bad-input', 'The authenticator gave an assertion that an account cannot check.', {
    got,
    expected,
    next: 'Use another passkey or another browser.',
    retry: 'after-fix',
  });
}

/** Base64url of 32 bytes, as it stands in client data (RFC 4648, section 5, without padding). */
export function challengeTextOf(hash: Hex): string {
  if (size(hash) !== 32) refuse(`a challenge of ${size(hash)} bytes`, '32 bytes');
  return btoa(String.fromCharCode(...hexToBytes(hash)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace('=', '');
}

/** r(32) ‖ s(32) of a DER or compact signature, with the lower of both possible s: contracts refuse the other one. */
function compactOf(signature: Hex): Hex {
  const bytes = hexToBytes(signature);
  try {
    const parsed = p256.Signature.fromBytes(bytes, bytes.length === 64 ? 'compact' : 'der');
    const low = parsed.hasHighS() ? new p256.Signature(parsed.r, p256.Point.Fn.neg(parsed.s)) : parsed;
    return bytesToHex(low.toBytes('compact'));
  } catch {
    return refuse(
      `a signature of ${bytes.length} bytes`,
      'a P-256 signature in DER, or r and s of 32 bytes each',
    );
  }
}

/** What follows the challenge's closing quote in the client data. */
function suffixOf(clientDataJSON: string): string {
  const end = clientDataPrefix.length + challengeLength;
  if (!clientDataJSON.startsWith(clientDataPrefix) || clientDataJSON[end] !== '"') {
    refuse(JSON.stringify(clientDataJSON.slice(0, 60)), `client data that starts ${clientDataPrefix}`);
  }
  return clientDataJSON.slice(end + 1);
}

/**
 * An account's signature: `index(1) ‖ r(32) ‖ s(32) ‖ n(1) ‖ authenticatorData(n) ‖ suffix`, where the signed client data
 * is `{"type":"webauthn.get","challenge":"` ‖ base64url(hash) ‖ `"` ‖ suffix (IPasskeyAccount.sol; WebAuthn level 2,
 * section 5.8.1.1). The challenge is left out: the account knows it.
 * @throws LichenError `bad-input` for an index over 63, a malformed signature, or client data in another order.
 */
export function encodePasskeySignature(index: number, assertion: Assertion): Hex {
  if (!Number.isInteger(index) || index < 0 || index >= maxPasskeys) {
    refuse(`index ${index}`, `a whole number from 0 to ${maxPasskeys - 1}`);
  }
  const length = size(assertion.authenticatorData);
  if (length < 37 || length > 255) refuse(`authenticator data of ${length} bytes`, '37 to 255 bytes');
  return concat([
    bytesToHex(Uint8Array.of(index)),
    compactOf(assertion.signature),
    bytesToHex(Uint8Array.of(length)),
    assertion.authenticatorData,
    stringToHex(suffixOf(assertion.clientDataJSON)),
  ]);
}

/**
 * The index and the assertion in an account's signature of a hash: the inverse of `encodePasskeySignature`.
 * @throws LichenError `bad-input` when the signature is cut short.
 */
export function decodePasskeySignature(
  signature: Hex,
  hash: Hex,
): { readonly index: number; readonly assertion: Assertion } {
  const bytes = hexToBytes(signature);
  const end = 66 + (bytes[65] ?? 0);
  if (bytes.length < 103 || bytes.length < end)
    refuse(`a signature of ${bytes.length} bytes`, 'at least 103 bytes');
  const suffix = new TextDecoder().decode(bytes.subarray(end));
  return {
    index: bytes[0]!,
    assertion: {
      authenticatorData: slice(signature, 66, end),
      clientDataJSON: `${clientDataPrefix}${challengeTextOf(hash)}"${suffix}`,
      signature: slice(signature, 1, 65),
    },
  };
}

/** sha256(authenticatorData ‖ sha256(clientDataJSON)): what an authenticator signs (WebAuthn level 2, section 6.3.3). */
export function assertionDigestOf(assertion: Pick<Assertion, 'authenticatorData' | 'clientDataJSON'>): Hex {
  return sha256(concat([assertion.authenticatorData, sha256(stringToHex(assertion.clientDataJSON))]));
}

const userPresent = 0x01;
const userVerified = 0x04;
const backupEligible = 0x08;
const backedUp = 0x10;

/** Flags that an account takes; a backed-up key that says it cannot be is a forgery (WebAuthn level 3, section 6.1.3). */
function areFlagsRight(flags: number): boolean {
  const needed = userPresent | userVerified;
  return (flags & needed) === needed && ((flags & backupEligible) !== 0 || (flags & backedUp) === 0);
}

/** Whether the account of this passkey will take the assertion as its signature of the hash. */
export function verifyAssertion(passkey: Passkey, hash: Hex, assertion: Assertion): boolean {
  const { authenticatorData, clientDataJSON } = assertion;
  if (!clientDataJSON.startsWith(`${clientDataPrefix}${challengeTextOf(hash)}"`)) return false;
  if (!areFlagsRight(hexToBytes(authenticatorData)[32] ?? 0)) return false;
  try {
    return p256.verify(
      hexToBytes(compactOf(assertion.signature)),
      hexToBytes(assertionDigestOf(assertion)),
      hexToBytes(concat(['0x04', passkey.x, passkey.y])),
      { prehash: false },
    );
  } catch {
    return false;
  }
}
