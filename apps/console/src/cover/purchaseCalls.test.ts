import type { CoverQuote, LichenAddresses } from '@lichen/sdk';
import { hexToBigInt, slice } from 'viem';
import { expect, it } from 'vitest';
import {
  buySelector,
  firstMoney,
  firstPurchase,
  maxPremiumArgument,
  purchaseCalls,
} from './purchaseCalls.ts';

const addresses = {
  playDollar: `0x${'11'.repeat(20)}`,
  flightCover: `0x${'22'.repeat(20)}`,
} as LichenAddresses;
const quote = {
  report: {
    carrier: '0x5541',
    number: 1545,
    origin: '0x455752',
    destination: '0x494148',
    departsAt: 1_000,
    arrivesAt: 2_000,
    features: `0x${'01'.repeat(16)}`,
    observedAt: 900,
    day: 5,
    cell: 6,
  },
  bitmap: 31n,
  signatures: `0x${'ab'.repeat(130)}`,
  payout: 200_000_000n,
  salt: 77n,
  parts: { premium: 31_500_001n },
} as unknown as CoverQuote;

it('counts the premium at the word where the contract reads it', () => {
  const buy = purchaseCalls(addresses, quote, 31_500_001n)[1]!.data!;
  expect(slice(buy, 0, 4)).toBe(buySelector);
  const word = 4 + 32 * maxPremiumArgument;
  expect(hexToBigInt(slice(buy, word, word + 32))).toBe(31_500_001n);
});

it('takes play money in the same operation when the balance is too low', () => {
  expect(purchaseCalls(addresses, quote, 31_500_000n).map(({ to }) => to)).toEqual([
    addresses.playDollar,
    addresses.playDollar,
    addresses.flightCover,
  ]);
});

it('lets a first session do its one step and nothing else', () => {
  for (const { calls, permissions } of [firstPurchase(addresses, quote), firstMoney(addresses)]) {
    expect(permissions.map(({ target, selector }) => [target, selector])).toEqual(
      calls.map(({ to, data }) => [to, slice(data!, 0, 4)]),
    );
  }
  expect(firstPurchase(addresses, quote)).toMatchObject({
    spends: 31_500_001n,
    permissions: [{ maxAmount: 31_500_001n, pulls: true }],
  });
  expect(firstMoney(addresses).permissions[0]).toMatchObject({ maxAmount: 0n, pulls: false });
});
