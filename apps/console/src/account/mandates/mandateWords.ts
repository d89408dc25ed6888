import { noAmount, type Permission, type Terms } from '@lichen/protocol';
import { flightCoverAbi, type LichenAddresses, oracleAbi, playDollarAbi } from '@lichen/sdk';
import { type Abi, type Address, getAddress, type Hex, hexToBigInt, slice, toFunctionSelector } from 'viem';
import { formatSpan } from '../../format/duration.ts';
import { shortenHash } from '../../format/hash.ts';
import { formatMoney } from '../../format/money.ts';

const known = [
  ['playDollar', 'play money', playDollarAbi],
  ['flightCover', 'flight cover', flightCoverAbi],
  ['oracle', 'the oracle', oracleAbi],
] as const satisfies readonly (readonly [keyof LichenAddresses, string, Abi])[];

function functionOf(addresses: LichenAddresses, target: Address, selector: Hex) {
  const contract = known.find(([name]) => addresses[name].toLowerCase() === target.toLowerCase());
  const item = contract?.[2].find(
    (entry) => entry.type === 'function' && toFunctionSelector(entry) === selector.toLowerCase(),
  );
  return {
    contract: contract?.[0],
    place: contract?.[1],
    name: item?.type === 'function' ? item.name : undefined,
    reads: item?.type === 'function' && item.stateMutability === 'view',
  };
}

function pinnedAddress(permission: Permission, index: number): Address | undefined {
  const pin = permission.pins.find((candidate) => candidate.index === index);
  return pin === undefined || hexToBigInt(slice(pin.value, 0, 12)) !== 0n
    ? undefined
    : getAddress(slice(pin.value, 12));
}

/** Writes amounts of a mandate's asset with their unit. */
export type FormatAmount = (amount: bigint) => string;

/**
 * What an agent may do by a permission, as a sentence without its dot. What this release does not know by name is shown
 * as it is: a guess would be worse than a number. Amounts are play money where nothing else is said.
 */
export function permissionText(
  addresses: LichenAddresses,
  permission: Permission,
  format: FormatAmount = formatMoney,
): string {
  const { target, selector, amountArg, maxAmount, pins } = permission;
  const { contract, place, name, reads } = functionOf(addresses, target, selector);
  const upTo = amountArg === noAmount ? '' : `, up to ${format(maxAmount)} each time`;
  const receiver = pinnedAddress(permission, 0);
  if (contract === 'flightCover' && name === 'buy') return `Buy flight cover${upTo}`;
  if (reads) return `Read “${name}” of ${place}, which changes nothing`;
  if (contract === 'playDollar' && name === 'transfer') {
    return receiver === undefined
      ? `Send play money to anybody${upTo}`
      : `Send play money to ${shortenHash(receiver)} only${upTo}`;
  }
  if (contract === 'playDollar' && name === 'approve') {
    return receiver === undefined
      ? `Allow anybody to take play money${upTo}`
      : `Allow ${shortenHash(receiver)} to take play money${upTo}`;
  }
  const what = name === undefined ? `function ${selector}` : `“${name}”`;
  const fixed =
    pins.length === 0 ? '' : `, with ${pins.length} fixed ${pins.length === 1 ? 'value' : 'values'}`;
  return `Call ${what} of ${place ?? shortenHash(target)}${fixed}${upTo}`;
}

/** What an agent did with one call, as a few words. */
export function doneText(addresses: LichenAddresses, use: { target: Address; selector: Hex }): string {
  const { contract, place, name, reads } = functionOf(addresses, use.target, use.selector);
  if (reads) return `Read “${name}” of ${place}`;
  if (contract === 'flightCover' && name === 'buy') return 'Bought flight cover';
  if (contract === 'playDollar' && name === 'transfer') return 'Sent play money';
  return `Called ${name === undefined ? use.selector : `“${name}”`} of ${place ?? shortenHash(use.target)}`;
}

/** `a day`, `an hour`, or the span itself. */
export function periodText(seconds: number): string {
  if (seconds === 86_400) return 'a day';
  if (seconds === 3_600) return 'an hour';
  if (seconds === 604_800) return 'a week';
  return `any ${formatSpan(seconds)}`;
}

/** Whether a mandate can move money at all. */
export function movesMoney(terms: Pick<Terms, 'permissions'>): boolean {
  return terms.permissions.some(({ amountArg }) => amountArg !== noAmount);
}

/** The sum and the rate that bound a mandate, in one line. Amounts are play money where nothing else is said. */
export function limitText(terms: Terms, format: FormatAmount = formatMoney): string {
  const calls = `${terms.maxCalls} ${terms.maxCalls === 1 ? 'call' : 'calls'}`;
  if (!movesMoney(terms)) return `No money, and at most ${calls} in ${periodText(terms.period)}.`;
  return `At most ${format(terms.maxPerPeriod)} and ${calls} in ${periodText(terms.period)}.`;
}
