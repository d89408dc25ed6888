import { fc, test } from '@fast-check/vitest';
import { encodeFunctionData, hexToBigInt, parseAbi, slice } from 'viem';
import { describe, expect } from 'vitest';
import { isLichenError } from '../errors.ts';
import { wordIndexOf } from './wordIndexOf.ts';

const abi = parseAbi([
  'struct Flight { uint16 number; uint40 departsAt; }',
  'struct Report { Flight flight; bytes16 features; uint40 observedAt; uint32[3] cells; }',
  'struct Loose { uint256 amount; bytes note; }',
  'function buy(Report report, uint256 bitmap, bytes signatures, uint256 payout, uint256 maxPremium, uint64 salt)',
  'function transfer(address to, uint256 amount)',
  'function many(uint256[] amounts, Loose loose, uint8[2][2] grid, uint256 last)',
  'function twice(uint256 one)',
  'function twice(address one)',
]);

function refusalOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return isLichenError(error) ? error.message : String(error);
  }
  return 'nothing was refused';
}

describe('wordIndexOf', () => {
  test('plain, after a struct, after dynamic arguments, inside a struct', () => {
    expect(wordIndexOf(abi, 'transfer', 'to')).toBe(0);
    expect(wordIndexOf(abi, 'transfer', 'amount')).toBe(1);
    expect(wordIndexOf(abi, 'buy', 'report.flight.departsAt')).toBe(1);
    expect(wordIndexOf(abi, 'buy', 'report.observedAt')).toBe(3);
    expect(wordIndexOf(abi, 'buy', 'bitmap')).toBe(7);
    expect(wordIndexOf(abi, 'buy', 'maxPremium')).toBe(10);
    expect(wordIndexOf(abi, 'many', 'last')).toBe(6);
  });

  test.prop([fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }), fc.uint8Array({ maxLength: 100 }), fc.nat()])(
    'the word at the index is the argument, whatever the others hold',
    (maxPremium, note, number) => {
      const data = encodeFunctionData({
        abi,
        functionName: 'buy',
        args: [
          {
            flight: { number: number % 65_536, departsAt: number },
            features: `0x${'ab'.repeat(16)}`,
            observedAt: number,
            cells: [1, 2, 3],
          },
          5n,
          `0x${Buffer.from(note).toString('hex')}`,
          7n,
          maxPremium,
          9n,
        ],
      });
      const at = 4 + 32 * wordIndexOf(abi, 'buy', 'maxPremium');
      expect(hexToBigInt(slice(data, at, at + 32))).toBe(maxPremium);
    },
  );

  test('what a mandate cannot name', () => {
    const refusals = [
      () => wordIndexOf(abi, 'buy', 'signatures'),
      () => wordIndexOf(abi, 'buy', 'report'),
      () => wordIndexOf(abi, 'buy', 'report.flight'),
      () => wordIndexOf(abi, 'buy', 'report.nothing'),
      () => wordIndexOf(abi, 'buy', 'constructor'),
      () => wordIndexOf(abi, 'many', 'loose.amount'),
      () => wordIndexOf(abi, 'many', 'amounts'),
      () => wordIndexOf(abi, 'many', 'grid'),
      () => wordIndexOf(abi, 'twice', 'one'),
      () => wordIndexOf(abi, 'sell', 'amount'),
    ].map(refusalOf);
    expect(refusals.every((text) => text.startsWith('A mandate cannot name that argument.'))).toBe(true);
    expect(refusals[0]).toMatchInlineSnapshot(`
      "A mandate cannot name that argument.
        got:      signatures of buy
        expected: an argument of one word
        next:     Name an argument of one word that is not inside a dynamic one."
    `);
  });
});
