import { LichenError } from '../errors.ts';
import { newYorkTimeOf } from './newYorkTime.ts';
import type { FlightOutcome, RecordedFlight } from './records.ts';

/** Seconds of one bucket of time. Outcomes count once their bucket is over. */
export const bucketSeconds = 900;

/** Lengths of the trailing windows, in buckets. */
export const windowBuckets = { threeHours: 12, day: 96, week: 672, month: 2880 } as const;
export type Window = keyof typeof windowBuckets;

/** Outcomes older than this are dropped when time moves on: the longest window and two days to step back in. */
const keptBuckets = windowBuckets.month + 192;

/** A delay counts for at most this long; cancelled and diverted flights count as this long. */
const mostDelayMinutes = 180;

/** What a window saw of one group of flights. */
export interface Tally {
  count: number;
  /** Flights late by 60 minutes or more, cancelled or diverted. */
  bad: number;
  /** Sum of arrival delays, each 0 to 180 minutes. */
  delayMinutes: number;
}

interface Entry {
  readonly bad: number;
  readonly delayMinutes: number;
  /** Tallies that the outcome counts in, by window. */
  readonly groups: Readonly<Record<Window, readonly string[]>>;
}

/** The trailing record: outcomes by bucket, and running tallies at the present bucket. */
export interface FeatureState {
  /** Buckets before this one are counted; undefined until the first look. */
  bucket: number | undefined;
  /** Buckets before this one are forgotten. */
  forgottenBefore: number;
  readonly outcomes: Map<number, Map<number, Entry>>;
  readonly tallies: Readonly<Record<Window, Map<string, Tally>>>;
}

const windows = Object.keys(windowBuckets) as Window[];
const emptyTally: Readonly<Tally> = { count: 0, bad: 0, delayMinutes: 0 };

/** The time, a multiple of 900 s, up to which a quote at `asOf` looks. Ask for weather as of this time. */
export function featureTimeOf(asOf: number): number {
  return Math.floor(asOf / bucketSeconds) * bucketSeconds;
}

/** An empty trailing record. */
export function createFeatureState(): FeatureState {
  return {
    bucket: undefined,
    forgottenBefore: Number.NEGATIVE_INFINITY,
    outcomes: new Map(),
    tallies: { threeHours: new Map(), day: new Map(), week: new Map(), month: new Map() },
  };
}

/** The groups of flights whose records the features read. */
export const groupOf = {
  network: () => 'network',
  origin: (flight: GroupedFlight) => `origin ${flight.origin}`,
  destination: (flight: GroupedFlight) => `destination ${flight.destination}`,
  carrier: (flight: GroupedFlight) => `carrier ${flight.carrier}`,
  route: (flight: GroupedFlight) => `route ${flight.origin} ${flight.destination}`,
  /** The same carrier on the same route in the same local hour: as a rule the same daily flight. */
  slot: (flight: GroupedFlight) => {
    const hour = Math.floor(newYorkTimeOf(flight.scheduledDeparture).minute / 60);
    return `slot ${flight.carrier} ${flight.origin} ${flight.destination} ${hour}`;
  },
} as const;
type GroupedFlight = Pick<RecordedFlight, 'origin' | 'destination' | 'carrier' | 'scheduledDeparture'>;

/**
 * Takes an outcome into the record. Order does not matter, an outcome applied twice counts once, and outcomes may
 * run ahead of the time that is looked at.
 */
export function applyOutcome(state: FeatureState, outcome: FlightOutcome): void {
  const bucket = Math.floor(outcome.knownAt / bucketSeconds);
  if (bucket < state.forgottenBefore) return;
  const rows = state.outcomes.get(bucket) ?? new Map<number, Entry>();
  state.outcomes.set(bucket, rows);
  if (rows.has(outcome.row)) return;
  const entry = entryOf(outcome);
  rows.set(outcome.row, entry);
  if (state.bucket === undefined) return;
  for (const window of windows) {
    if (bucket < state.bucket && bucket >= state.bucket - windowBuckets[window])
      count(state, window, entry, 1);
  }
}

/**
 * Moves the windows so that they end at `featureTimeOf(asOf)`; forwards or a little back.
 * @throws LichenError `bad-input` when the windows would need outcomes that are already forgotten.
 */
export function moveTo(state: FeatureState, asOf: number): void {
  const target = Math.floor(asOf / bucketSeconds);
  if (target - windowBuckets.month < state.forgottenBefore) {
    throw new LichenError('bad-input', 'The trailing record no longer reaches back that far.', {
      got: `asOf ${asOf}`,
      expected: `${(state.forgottenBefore + windowBuckets.month) * bucketSeconds} or later`,
      next: 'Replay the outcomes into a new state.',
    });
  }
  if (target === state.bucket) return;
  for (const window of windows) {
    const length = windowBuckets[window];
    const from = state.bucket ?? target - length;
    // Buckets [target - length, target) must be counted, [from - length, from) are.
    if (state.bucket === undefined || Math.abs(target - from) >= length) {
      state.tallies[window].clear();
      countRange(state, window, target - length, target, 1);
    } else if (target > from) {
      countRange(state, window, from, target, 1);
      countRange(state, window, from - length, target - length, -1);
    } else {
      countRange(state, window, target, from, -1);
      countRange(state, window, target - length, from - length, 1);
    }
  }
  state.bucket = target;
  forget(state, target - keptBuckets);
}

/** What the window saw of the group, up to the time of the last `moveTo`. */
export function tallyOf(state: FeatureState, window: Window, group: string): Readonly<Tally> {
  return state.tallies[window].get(group) ?? emptyTally;
}

function entryOf(outcome: FlightOutcome): Entry {
  const lost = outcome.result === 'cancelled' || outcome.result === 'diverted';
  const network = groupOf.network();
  const origin = groupOf.origin(outcome);
  const carrier = groupOf.carrier(outcome);
  return {
    bad: outcome.result === 'on-time' ? 0 : 1,
    delayMinutes: lost
      ? mostDelayMinutes
      : Math.min(mostDelayMinutes, Math.max(0, outcome.arrivalDelayMinutes)),
    groups: {
      threeHours: [network, origin],
      day: [network, origin, groupOf.destination(outcome), carrier],
      week: [network],
      month: [network, carrier, groupOf.route(outcome), groupOf.slot(outcome)],
    },
  };
}

function count(state: FeatureState, window: Window, entry: Entry, sign: 1 | -1): void {
  const tallies = state.tallies[window];
  for (const group of entry.groups[window]) {
    const tally = tallies.get(group) ?? { ...emptyTally };
    tallies.set(group, tally);
    tally.count += sign;
    tally.bad += sign * entry.bad;
    tally.delayMinutes += sign * entry.delayMinutes;
    if (tally.count === 0) tallies.delete(group);
  }
}

function countRange(state: FeatureState, window: Window, from: number, to: number, sign: 1 | -1): void {
  for (let bucket = from; bucket < to; bucket++) {
    const rows = state.outcomes.get(bucket);
    if (rows !== undefined) for (const entry of rows.values()) count(state, window, entry, sign);
  }
}

function forget(state: FeatureState, before: number): void {
  if (before <= state.forgottenBefore) return;
  for (const bucket of state.outcomes.keys()) {
    if (bucket < before) state.outcomes.delete(bucket);
  }
  state.forgottenBefore = before;
}
