import { fc, test } from '@fast-check/vitest';
import { bytesToHex, concat, hexToBytes, keccak256, recoverAddress, toHex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { describe, expect } from 'vitest';
import { compactSignature, packSignatures, quorumOf } from './signatures.ts';

describe('compactSignature', () => {
  test.prop([fc.bigInt({ min: 1n, max: 2n ** 200n }), fc.nat()], { numRuns: 30 })(
    'recovers the signer with v = 27, whatever v was',
    async (key, message) => {
      const account = privateKeyToAccount(toHex(key, { size: 32 }));
      const digest = keccak256(toHex(message));
      const compact = compactSignature(await account.sign({ hash: digest }));
      expect(hexToBytes(compact)).toHaveLength(64);
      expect(await recoverAddress({ hash: digest, signature: concat([compact, '0x1b']) })).toBe(
        account.address,
      );
    },
  );

  test('refuses another length', () => {
    expect(() => compactSignature(bytesToHex(new Uint8Array(64)))).toThrow(/65 bytes/);
  });
});

describe('packSignatures', () => {
  test('sets one bit a signer and orders by index', async () => {
    const account = privateKeyToAccount(toHex(7n, { size: 32 }));
    const a = await account.sign({ hash: keccak256('0x01') });
    const b = await account.sign({ hash: keccak256('0x02') });
    const packed = packSignatures(
      new Map([
        [4, b],
        [1, a],
      ]),
    );
    expect(packed.bitmap).toBe(0b10010n);
    expect(packed.signatures).toBe(concat([compactSignature(a), compactSignature(b)]));
  });
});

test.each([
  [1, 1],
  [4, 3],
  [5, 4],
  [7, 5],
  [16, 11],
  [31, 21],
  [64, 43],
])('quorumOf(%i) is %i: more than two thirds', (reporters, quorum) => {
  expect(quorumOf(reporters)).toBe(quorum);
  expect(3 * quorum).toBeGreaterThan(2 * reporters);
});
