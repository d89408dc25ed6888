import { expect, it } from 'vitest';
import { amountText, formatShares } from './amountText.ts';

const known = { dollar: `0x${'aB'.repeat(20)}`, share: `0x${'cd'.repeat(20)}` };

it('shows money and shares in their unit, and what was spent as less than nothing', () => {
  expect(amountText(known, { amount: '-12345678', asset: `0x${'ab'.repeat(20)}` })).toBe('−12.35 pUSD');
  expect(amountText(known, { amount: '1500000', asset: `eip155:31338/erc20:0x${'CD'.repeat(20)}` })).toBe(
    '1.5 shares',
  );
  expect([formatShares(0n), formatShares(1_000_000n), formatShares(-1_234_000_001n)]).toEqual([
    '0 shares',
    '1 share',
    '−1,234.000001 shares',
  ]);
});

it('guesses no unit', () => {
  expect(amountText(known, { amount: '5', asset: 'pUSD' })).toBe('5 base units of pUSD');
  expect(amountText({ dollar: known.dollar }, { amount: '5', asset: known.share })).toBe(
    '5 base units of 0xcdcd…cdcd',
  );
  expect(amountText(known, { amount: '\u202e1', asset: known.dollar })).toContain('\\u202e1 base units');
});
