import { fc, test } from '@fast-check/vitest';
import { p256 } from '@noble/curves/nist.js';
import { bytesToHex, concat, type Hex, hexToBytes, numberToHex, size } from 'viem';
import { describe, expect } from 'vitest';
import type { Assertion } from './passkey.ts';
import {
  assertionDigestOf,
  challengeTextOf,
  decodePasskeySignature,
  encodePasskeySignature,
  maxPasskeys,
  verifyAssertion,
} from './passkeySignature.ts';
import { softwarePasskey } from './softwarePasskey.ts';

const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => bytesToHex(bytes));
const privateKey = fc
  .bigInt({ min: 1n, max: p256.Point.Fn.ORDER - 1n })
  .map((scalar) => numberToHex(scalar, { size: 32 }));
const index = fc.nat({ max: maxPasskeys - 1 });
const origin = 'https://lichen.example';

describe('the compact signature of a passkey', () => {
  test.prop([privateKey, bytes32, index])('what is encoded reads back and verifies', (key, hash, at) => {
    const { passkey, sign } = softwarePasskey(key, 'lichen.example', origin);
    const assertion = sign(hash);
    const encoded = encodePasskeySignature(at, assertion);
    const decoded = decodePasskeySignature(encoded, hash);
    expect(decoded).toEqual({ index: at, assertion });
    expect(encodePasskeySignature(decoded.index, decoded.assertion)).toBe(encoded);
    expect(verifyAssertion(passkey, hash, assertion)).toBe(true);
  });

  test.prop([privateKey, bytes32, bytes32])(
    'another hash or another key is not signed',
    (key, hash, other) => {
      fc.pre(hash !== other);
      const { passkey, sign } = softwarePasskey(key, 'lichen.example', origin);
      const assertion = sign(hash);
      expect(verifyAssertion(passkey, other, assertion)).toBe(false);
      expect(verifyAssertion({ x: passkey.y, y: passkey.x }, hash, assertion)).toBe(false);
    },
  );

  test.prop([bytes32, fc.nat(), fc.integer({ min: 1, max: 255 })])(
    'one changed byte anywhere is noticed',
    (hash, seed, change) => {
      const { passkey, sign } = softwarePasskey(`0x${'07'.repeat(32)}`, 'lichen.example', origin);
      const bytes = hexToBytes(encodePasskeySignature(0, sign(hash)));
      // The index says which key is asked, and the length of the authenticator data where it ends: both are read, not signed.
      const at = 1 + (seed % (bytes.length - 1));
      fc.pre(at !== 65);
      bytes[at]! ^= change;
      const { assertion } = decodePasskeySignature(bytesToHex(bytes), hash);
      expect(verifyAssertion(passkey, hash, assertion)).toBe(false);
    },
  );

  test.prop([privateKey, bytes32])('DER, high s and compact give the same bytes', (key, hash) => {
    const { sign } = softwarePasskey(key, 'lichen.example', origin);
    const assertion = sign(hash);
    const parsed = p256.Signature.fromBytes(hexToBytes(assertion.signature), 'compact');
    const high = new p256.Signature(parsed.r, p256.Point.Fn.neg(parsed.s));
    const forms = [
      parsed.toBytes('der'),
      high.toBytes('der'),
      high.toBytes('compact'),
      parsed.toBytes('compact'),
    ];
    const encoded = forms.map((form) =>
      encodePasskeySignature(3, { ...assertion, signature: bytesToHex(form) }),
    );
    expect(new Set(encoded).size).toBe(1);
  });

  test('a challenge is base64url without padding', () => {
    expect(challengeTextOf(`0x${'00'.repeat(32)}`)).toBe('A'.repeat(43));
    expect(challengeTextOf(`0x${'ff'.repeat(32)}`)).toBe(`${'_'.repeat(42)}8`);
    expect(challengeTextOf(`0x${'fb'.repeat(32)}`)).toBe(
      Buffer.from('fb'.repeat(32), 'hex').toString('base64url'),
    );
    expect(() => challengeTextOf('0x00')).toThrow('32 bytes');
  });
});

describe('what no account would take is refused before it costs anything', () => {
  const hash: Hex = `0x${'5a'.repeat(32)}`;
  const good = softwarePasskey(`0x${'07'.repeat(32)}`, 'lichen.example', origin);
  const cases: readonly [string, number, Partial<Assertion>][] = [
    ['an index below zero', -1, {}],
    ['an index of 64', 64, {}],
    ['an index between two', 0.5, {}],
    ['a registration', 0, { clientDataJSON: good.sign(hash).clientDataJSON.replace('get', 'create') }],
    ['client data in another order', 0, { clientDataJSON: '{"challenge":"x","type":"webauthn.get"}' }],
    [
      'a challenge of another length',
      0,
      { clientDataJSON: '{"type":"webauthn.get","challenge":"AAAA","o":1}' },
    ],
    ['a signature cut short', 0, { signature: `0x${'11'.repeat(63)}` }],
    ['a signature of zeros', 0, { signature: `0x${'00'.repeat(64)}` }],
    ['no authenticator data', 0, { authenticatorData: '0x' }],
    ['authenticator data of 256 bytes', 0, { authenticatorData: `0x${'00'.repeat(256)}` }],
  ];
  test.each(cases)('%s', (_, at, change) => {
    expect(() => encodePasskeySignature(at, { ...good.sign(hash), ...change })).toThrow(
      'The authenticator gave an assertion that an account cannot check.',
    );
  });

  test('a signature cut short is not decoded', () => {
    const encoded = encodePasskeySignature(0, good.sign(hash));
    expect(() => decodePasskeySignature(encoded.slice(0, 2 + 2 * 102) as Hex, hash)).toThrow('cannot check');
    expect(() => decodePasskeySignature('0x', hash)).toThrow('cannot check');
  });

  test.each([
    ['nobody was verified', 0x01, false],
    ['nobody was present', 0x04, false],
    ['backed up without being eligible', 0x15, false],
    ['backed up', 0x1d, true],
    ['eligible only', 0x0d, true],
  ] as const)('%s', (_, flags, takes) => {
    const key = hexToBytes(`0x${'07'.repeat(32)}`);
    const { clientDataJSON } = good.sign(hash);
    const authenticatorData = concat([`0x${'00'.repeat(32)}`, numberToHex(flags, { size: 1 }), '0x00000001']);
    const digest = hexToBytes(assertionDigestOf({ authenticatorData, clientDataJSON }));
    const signature = bytesToHex(p256.sign(digest, key, { prehash: false }));
    const assertion = { authenticatorData, clientDataJSON, signature };
    expect(verifyAssertion(good.passkey, hash, assertion)).toBe(takes);
  });

  test('a point that is on no curve verifies nothing', () => {
    const nowhere = { x: `0x${'00'.repeat(32)}`, y: `0x${'00'.repeat(32)}` } as const;
    expect(verifyAssertion(nowhere, hash, good.sign(hash))).toBe(false);
    expect(size(good.sign(hash).authenticatorData)).toBe(37);
  });
});
