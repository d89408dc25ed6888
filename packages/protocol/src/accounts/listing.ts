import { type Address, concat, type Hex, keccak256, size, stringToHex } from 'viem';
import { LichenError } from '../errors.ts';
import type { Listing, Passkey } from './passkey.ts';

const prefix = stringToHex('lichen.listing');

function checked(userHandle: Hex): Hex {
  if (size(userHandle) === 32) return userHandle;
  throw new LichenError('bad-input', 'That is not the user handle of a Lichen passkey.', {
    got: `${size(userHandle)} bytes`,
    expected: '32 random bytes',
    next: 'Choose a passkey that was made by Lichen.',
    retry: 'after-fix',
  });
}

/**
 * keccak256("lichen.listing" ‖ u): what a browser searches the directory for. Public once listed; `u` is not.
 * @throws LichenError `bad-input` unless the user handle has 32 bytes.
 */
export function lookupOf(userHandle: Hex): Hex {
  return keccak256(concat([prefix, checked(userHandle)]));
}

/**
 * The listing of an account's passkey: `mac` = keccak256(u ‖ account ‖ x ‖ y) proves that whoever made the listing knew
 * the user handle, which only the authenticator and the pages of its origin do.
 * @throws LichenError `bad-input` unless the user handle has 32 bytes.
 */
export function listingOf(userHandle: Hex, account: Address, passkey: Passkey): Listing {
  return {
    lookup: lookupOf(userHandle),
    mac: keccak256(concat([userHandle, account, passkey.x, passkey.y])),
  };
}
