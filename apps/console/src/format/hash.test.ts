import { expect, it } from 'vitest';
import { bitsOf, shortenHash } from './hash.ts';

it('keeps both ends of a hash and leaves short text alone', () => {
  expect(shortenHash(`0x12ab${'0'.repeat(56)}9f03`)).toBe('0x12ab…9f03');
  expect(shortenHash('0x12ab')).toBe('0x12ab');
});

it('lists the reporters of a bitmap', () => {
  expect(bitsOf(0n)).toEqual([]);
  expect(bitsOf(0b11101n)).toEqual([0, 2, 3, 4]);
  expect(bitsOf(1n << 63n)).toEqual([63]);
});
