import { expect, it } from 'vitest';
import { formatMoney, moneyFromDollars, oneDollar } from './money.ts';

it('groups thousands and rounds half up to cents', () => {
  expect(formatMoney(0n)).toBe('0.00 pUSD');
  expect(formatMoney(12_345n * oneDollar + 675_000n)).toBe('12,345.68 pUSD');
  expect(formatMoney(1_234_567n * oneDollar)).toBe('1,234,567.00 pUSD');
  expect(formatMoney(999_995_000n)).toBe('1,000.00 pUSD');
});

it('never shows a price above zero as zero', () => {
  expect(formatMoney(1n)).toBe('< 0.01 pUSD');
  expect(formatMoney(10_000n)).toBe('0.01 pUSD');
});

it('shows what is owed with a real minus sign', () => {
  expect(formatMoney(-2_500_000n)).toBe('−2.50 pUSD');
});

it('takes back what a person types', () => {
  expect(moneyFromDollars(100.1)).toBe(100_100_000n);
  expect(() => moneyFromDollars(-1)).toThrow('not an amount');
  expect(() => moneyFromDollars(Number.NaN)).toThrow('not an amount');
});
