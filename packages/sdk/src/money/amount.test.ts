import { fc, test } from '@fast-check/vitest';
import { isLichenError } from '@lichen/protocol';
import { describe, expect } from 'vitest';
import { formatAmount, parseAmount } from './amount.ts';

describe('amounts of pUSD', () => {
  test.prop([fc.bigInt({ min: 0n, max: 10n ** 21n - 1n })])(
    'what is written reads back the same',
    (amount) => {
      expect(parseAmount(formatAmount(amount))).toBe(amount);
    },
  );

  test.prop([fc.bigInt({ min: 0n, max: 10n ** 15n - 1n }), fc.integer({ min: 0, max: 999_999 })])(
    'digits and decimals land in base units',
    (whole, fraction) => {
      const text = `${whole}.${fraction.toString().padStart(6, '0')}`;
      expect(parseAmount(text)).toBe(whole * 1_000_000n + BigInt(fraction));
    },
  );

  test.prop([fc.string()])('other text is refused, never guessed', (text) => {
    fc.pre(!/^(0|[1-9]\d{0,14})(\.\d{1,6})?$/.test(text));
    let refusal: unknown;
    try {
      parseAmount(text);
    } catch (error) {
      refusal = error;
    }
    expect(isLichenError(refusal) && refusal.code).toBe('bad-input');
  });

  test('the traps are refused one by one', () => {
    for (const text of [
      '',
      ' 1',
      '1 ',
      '-1',
      '+1',
      '1e3',
      '0x10',
      '1,000',
      '1.',
      '.5',
      '1.1234567',
      '01',
      'NaN',
      '١',
    ]) {
      expect(() => parseAmount(text), text).toThrow('That is not an amount of pUSD.');
    }
  });

  test('two decimals at least, no needless zeros after them', () => {
    expect([0n, 1n, 10n, 12_500_000n, 1_000_000n, 1_230_000n, 200_000_001n].map(formatAmount)).toEqual([
      '0.00',
      '0.000001',
      '0.00001',
      '12.50',
      '1.00',
      '1.23',
      '200.000001',
    ]);
    expect(() => formatAmount(-1n)).toThrow('cannot be negative');
  });
});
