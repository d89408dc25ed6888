import type { Flight } from '@lichen/protocol';
import type { Address, Hex } from 'viem';
import type { PremiumParts } from './quoteCover.ts';

/** In the order of `PolicyState` on chain. */
export const policyStates = ['none', 'live', 'paid', 'refunded', 'closed'] as const;
export type PolicyState = (typeof policyStates)[number];

/** In the order of `FlightOutcome` on chain. */
export const flightOutcomes = [
  'open',
  'on-time',
  'late',
  'cancelled',
  'diverted',
  'still-flying',
  'unresolved',
  'expired',
] as const;
export type SettledOutcome = (typeof flightOutcomes)[number];

/** One bought cover: what was agreed at the purchase, and what became of it. */
export interface Policy {
  readonly policyId: Hex;
  readonly holder: Address;
  readonly flightId: Hex;
  readonly flight: Flight;
  readonly state: PolicyState;
  /** `open` until the oracle's answer is final and read. */
  readonly outcome: SettledOutcome;
  /** Base units of pUSD. */
  readonly payout: bigint;
  /** The price as it was paid, in its parts. */
  readonly parts: PremiumParts;
  /** The 16 signed inputs of the model that gave the price. */
  readonly features: Hex;
  /** Chain time of the observation behind the price, unix seconds. */
  readonly observedAt: number;
  /** Local date of departure as yyyymmdd. */
  readonly day: number;
  readonly boughtInBlock: bigint;
  readonly transaction: Hex;
}
