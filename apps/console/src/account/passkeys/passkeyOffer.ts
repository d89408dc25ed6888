import { LichenError, type Listing, type Passkey } from '@lichen/protocol';
import { type Address, bytesToHex, getAddress, hexToBytes, keccak256 } from 'viem';
import { fromBase64url, toBase64url } from './bytes.ts';

/**
 * A passkey that asks to become a device of an account: what the new device shows, and what a device or guardian of the
 * account confirms. It holds no secret: who reads it learns a public key, who alters it changes the short code.
 */
export interface PasskeyOffer {
  readonly account: Address;
  readonly passkey: Passkey;
  readonly listing: Listing;
}

/** Names the format, so that no other text is taken for an offer. */
const prefix = 'lichen1.';
const byteLength = 20 + 4 * 32;
/** Crockford's base 32, without letters that look alike. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

function bytesOf({ account, passkey, listing }: PasskeyOffer): Uint8Array {
  return Uint8Array.from(
    [account, passkey.x, passkey.y, listing.lookup, listing.mac].flatMap((part) => [...hexToBytes(part)]),
  );
}

/** `lichen1.` and base64url of account ‖ x ‖ y ‖ lookup ‖ mac: 206 letters, for a QR code or the clipboard. */
export function encodeOffer(offer: PasskeyOffer): string {
  return prefix + toBase64url(bytesOf(offer));
}

/**
 * Reads an offer; white space around it does not matter.
 * @throws LichenError `bad-input` when the text is none.
 */
export function decodeOffer(text: string): PasskeyOffer {
  const trimmed = text.trim();
  const bytes = trimmed.startsWith(prefix) ? fromBase64url(trimmed.slice(prefix.length)) : null;
  if (bytes?.length !== byteLength) {
    throw new LichenError('bad-input', 'That is not the code of a new device.', {
      got: `${trimmed.length} letters`,
      expected: `${prefix} and ${Math.ceil((byteLength * 4) / 3)} letters`,
      next: 'Copy all of the code that the other device shows.',
      retry: 'after-fix',
    });
  }
  const word = (index: number) => bytesToHex(bytes.slice(20 + 32 * index, 52 + 32 * index));
  return {
    account: getAddress(bytesToHex(bytes.slice(0, 20))),
    passkey: { x: word(0), y: word(1) },
    listing: { lookup: word(2), mac: word(3) },
  };
}

/**
 * Eight letters, `K7Q2-MX0D`, the same on both screens unless somebody changed the offer on its way: 40 bits of its
 * hash. People compare them by eye; the whole offer travels beside them.
 */
export function shortCodeOf(offer: PasskeyOffer): string {
  let bits = BigInt(keccak256(bytesOf(offer))) >> 216n;
  let letters = '';
  for (let at = 0; at < 8; at += 1, bits >>= 5n) letters = alphabet[Number(bits & 31n)]! + letters;
  return `${letters.slice(0, 4)}-${letters.slice(4)}`;
}
