import {
  accountOf,
  formatAmount,
  getChainTime,
  type LichenClient,
  listPolicies,
  type Policy,
} from '@lichen/sdk';
import type { Address } from 'viem';
import { tableText } from './table.ts';
import { dayText, leavesText } from './timeText.ts';

export interface ListOptions {
  /** The client's own account when absent. */
  readonly holder?: Address;
  /** Policies of everybody. */
  readonly everybody: boolean;
}

/** Policies as data and as a table, newest first. */
export async function listCommand(client: LichenClient, options: ListOptions) {
  const holder = options.everybody ? undefined : (options.holder ?? accountOf(client));
  const [now, policies] = await Promise.all([
    getChainTime(client),
    listPolicies(client, holder === undefined ? {} : { holder }),
  ]);
  const newestFirst = policies.toReversed();
  return { json: { now, policies: newestFirst }, text: policiesText(newestFirst, now) };
}

function policiesText(policies: readonly Policy[], now: number): string {
  if (policies.length === 0) return 'No policies yet. Find a flight with: lichen cover flights';
  return tableText(
    [
      { title: 'Policy' },
      { title: 'Flight' },
      { title: 'Route' },
      { title: 'Recorded day' },
      { title: 'Premium, pUSD', align: 'right' },
      { title: 'Payout, pUSD', align: 'right' },
      { title: 'State' },
    ],
    policies.map((policy) => [
      policy.policyId.slice(0, 12),
      `${policy.flight.carrier}${policy.flight.number}`,
      `${policy.flight.origin}-${policy.flight.destination}`,
      dayText(policy.day),
      formatAmount(policy.parts.premium),
      formatAmount(policy.payout),
      policy.state === 'live' && policy.outcome === 'open'
        ? leavesText(policy.flight.departsAt, now)
        : `${policy.state}, ${policy.outcome}`,
    ]),
  );
}
