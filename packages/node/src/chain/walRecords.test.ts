import { fc, test } from '@fast-check/vitest';
import type { Hex } from 'viem';
import { describe, expect } from 'vitest';
import { decodeWalRecord, encodeWalRecord, type WalRecord } from './walRecords.ts';

const toHex = (bytes: Uint8Array): Hex => `0x${Buffer.from(bytes).toString('hex')}`;
const hash = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(toHex);
const record: fc.Arbitrary<WalRecord> = fc.oneof(
  fc.record({
    kind: fc.constant('transaction' as const),
    raw: fc.uint8Array({ minLength: 1, maxLength: 300 }).map(toHex),
  }),
  fc.record({ kind: fc.constant('refused' as const), hash }),
  fc.record({
    kind: fc.constant('block' as const),
    number: fc.nat(2 ** 31),
    timestamp: fc.nat(2 ** 31),
    hash,
    stateRoot: hash,
    transactions: fc.array(hash, { maxLength: 5 }),
  }),
);

describe('records of the chain log', () => {
  test.prop([record])('come back as they were', (value) => {
    expect(decodeWalRecord(encodeWalRecord(value))).toEqual(value);
  });

  test.prop([fc.uint8Array({ maxLength: 120 })])('are never read from other bytes in two ways', (bytes) => {
    const decoded = decodeWalRecord(Buffer.from(bytes));
    if (decoded !== undefined) expect(encodeWalRecord(decoded).equals(Buffer.from(bytes))).toBe(true);
  });
});
