import { fc, test } from '@fast-check/vitest';
import { isLichenError } from '@lichen/protocol';
import { bytesToHex, getAddress } from 'viem';
import { expect, it } from 'vitest';
import { decodeOffer, encodeOffer, type PasskeyOffer, shortCodeOf } from './passkeyOffer.ts';

const bytes = (length: number) =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((value) => bytesToHex(value));
const offers: fc.Arbitrary<PasskeyOffer> = fc.record({
  account: bytes(20).map((address) => getAddress(address)),
  passkey: fc.record({ x: bytes(32), y: bytes(32) }),
  listing: fc.record({ lookup: bytes(32), mac: bytes(32) }),
});

test.prop([offers])('what a new device shows reads back the same', (offer) => {
  expect(decodeOffer(` ${encodeOffer(offer)}\n`)).toEqual(offer);
  expect(encodeOffer(offer)).toHaveLength(206);
});

test.prop([offers, fc.integer({ min: 0, max: 147 }), fc.integer({ min: 1, max: 255 })])(
  'a changed byte changes the short code',
  (offer, at, change) => {
    const text = encodeOffer(offer);
    const raw = Uint8Array.from(atob(text.slice(8).replaceAll('-', '+').replaceAll('_', '/')), (letter) =>
      letter.charCodeAt(0),
    );
    raw[at] = raw[at]! ^ change;
    const altered = `lichen1.${btoa(String.fromCharCode(...raw))
      .replaceAll('+', '-')
      .replaceAll('/', '_')
      .replaceAll('=', '')}`;
    expect(shortCodeOf(decodeOffer(altered))).not.toBe(shortCodeOf(offer));
    expect(shortCodeOf(offer)).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/);
  },
);

it('refuses other texts', () => {
  for (const text of [
    '',
    'lichen1.',
    'lichen1.AAAA',
    `lichen2.${'A'.repeat(198)}`,
    `lichen1.${'!'.repeat(198)}`,
  ]) {
    let refusal: unknown;
    try {
      decodeOffer(text);
    } catch (error) {
      refusal = error;
    }
    expect(isLichenError(refusal) && refusal.code, text).toBe('bad-input');
  }
});
