import type { Hex } from 'viem';

/** Public key of a passkey: a point on P-256, 32 bytes each. Mirrors `Passkey` in IPasskeyAccount.sol. */
export interface Passkey {
  readonly x: Hex;
  readonly y: Hex;
}

/** What an authenticator answers to `navigator.credentials.get` (WebAuthn level 2, section 5.2.2). */
export interface Assertion {
  /** rpIdHash(32) ‖ flags(1) ‖ counter(4), and extensions where there are any. */
  readonly authenticatorData: Hex;
  /** The text that was signed, as the browser serialised it. */
  readonly clientDataJSON: string;
  /** DER as the browser gives it, or r(32) ‖ s(32). */
  readonly signature: Hex;
}

/** What lets a new browser find the account of a passkey. Mirrors `Listing` in IPasskeyAccount.sol. */
export interface Listing {
  readonly lookup: Hex;
  readonly mac: Hex;
}
