import { tradingTerms } from '@lichen/sdk';
import { expect, it } from 'vitest';
import { tradeText } from './tradeText.ts';

const market = {
  router: `0x${'b0'.repeat(20)}`,
  dollar: `0x${'d0'.repeat(20)}`,
  share: `0x${'5a'.repeat(20)}`,
} as const;
const account = `0x${'Ac'.repeat(20)}` as const;
const [buy, sell] = tradingTerms({
  market,
  agent: `0x${'a9'.repeat(20)}`,
  account,
  validFrom: 0,
  validUntil: 1,
  period: 1,
  buy: { maxAmount: 2_500_000_000n, maxPerPeriod: 1n, maxCalls: 1 },
  sell: { maxAmount: 1_500_000n, maxPerPeriod: 1n, maxCalls: 1 },
  salt: `0x${'00'.repeat(32)}`,
});
const textOf = (terms: typeof buy, change = {}) =>
  tradeText(market, account, terms, { ...terms.permissions[0]!, ...change });

it('says in words what the trading mandates allow', () => {
  expect(textOf(buy)).toBe(
    'Buy shares with play money at the market, up to 2,500.00 pUSD each time, paid to its own account only',
  );
  expect(textOf(sell)).toBe(
    'Sell shares for play money at the market, up to 1.5 shares each time, paid to its own account only',
  );
});

it('warns where the receiver is free, and does not guess at anything else', () => {
  expect(textOf(buy, { pins: [] })).toContain('paid to whom the agent names');
  expect(textOf(buy, { target: market.share })).toBeUndefined();
  expect(textOf(buy, { selector: '0x12345678' })).toBeUndefined();
  expect(textOf({ ...buy, asset: account })).toBeUndefined();
  expect(tradeText(undefined, account, buy, buy.permissions[0]!)).toBeUndefined();
});
