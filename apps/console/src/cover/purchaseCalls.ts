import { noAmount, type Permission } from '@lichen/protocol';
import { type Call, type CoverQuote, flightCoverAbi, type LichenAddresses, playDollarAbi } from '@lichen/sdk';
import { encodeFunctionData, getAbiItem, type Hex, toFunctionSelector } from 'viem';
import type { FirstSteps } from '../account/useCreateAccount.ts';
import { oneDollar } from '../format/money.ts';

/** What a newcomer gets from the faucet, base units of pUSD: enough for any premium that is sold. */
export const gift = 1_000n * oneDollar;

/** Index of `maxPremium` in the arguments of `buy`: after ten words of the report, bitmap, signatures and payout. */
export const maxPremiumArgument = 13;

/** `FlightCover.buy`. */
export const buySelector: Hex = toFunctionSelector(getAbiItem({ abi: flightCoverAbi, name: 'buy' }));

/** Play money from the faucet. */
export function faucetCall(addresses: LichenAddresses, amount: bigint): Call {
  return {
    to: addresses.playDollar,
    data: encodeFunctionData({ abi: playDollarAbi, functionName: 'faucet', args: [amount] }),
  };
}

function buyCall(addresses: LichenAddresses, quote: CoverQuote): Call {
  const { report, bitmap, signatures, payout, salt, parts } = quote;
  return {
    to: addresses.flightCover,
    data: encodeFunctionData({
      abi: flightCoverAbi,
      functionName: 'buy',
      args: [report, bitmap, signatures, payout, parts.premium, salt],
    }),
  };
}

/**
 * The purchase of an account that signs itself: the premium is approved and spent in one operation. An account that
 * holds less than the premium takes play money first, in the same one.
 */
export function purchaseCalls(
  addresses: LichenAddresses,
  quote: CoverQuote,
  balance: bigint,
): readonly Call[] {
  return [
    ...(balance < quote.parts.premium ? [faucetCall(addresses, gift)] : []),
    {
      to: addresses.playDollar,
      data: encodeFunctionData({
        abi: playDollarAbi,
        functionName: 'approve',
        args: [addresses.flightCover, quote.parts.premium],
      }),
    },
    buyCall(addresses, quote),
  ];
}

/**
 * The first steps of a newcomer: the account takes play money while it comes to life, and a session buys, with the one
 * permission that this needs. The session approves nothing itself: its mandate pulls the premium for this one call.
 */
export function firstPurchase(addresses: LichenAddresses, quote: CoverQuote): FirstSteps {
  const { premium } = quote.parts;
  return {
    birthCalls: [faucetCall(addresses, gift)],
    calls: [buyCall(addresses, quote)],
    permissions: [buyPermission(addresses, premium)],
    spends: premium,
  };
}

/**
 * The first steps of an account that buys nothing yet: play money. Somebody has to sign the operation that brings it to
 * life, and an operation makes a call, so its session may read one number and nothing else.
 */
export function firstMoney(addresses: LichenAddresses): FirstSteps {
  const data = encodeFunctionData({ abi: flightCoverAbi, functionName: 'minPayout' });
  return {
    birthCalls: [faucetCall(addresses, gift)],
    calls: [{ to: addresses.flightCover, data }],
    permissions: [
      {
        target: addresses.flightCover,
        selector: data,
        amountArg: noAmount,
        pulls: false,
        maxAmount: 0n,
        pins: [],
      },
    ],
    spends: 1n,
  };
}

/** Buying flight cover for at most `most` base units of pUSD each. */
export function buyPermission(addresses: LichenAddresses, most: bigint): Permission {
  return {
    target: addresses.flightCover,
    selector: buySelector,
    amountArg: maxPremiumArgument,
    pulls: true,
    maxAmount: most,
    pins: [],
  };
}
