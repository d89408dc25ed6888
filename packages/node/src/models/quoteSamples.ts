import {
  applyOutcome,
  createFeatureState,
  featureNames,
  featuresAt,
  featureTimeOf,
  newYorkTimeOf,
} from '@lichen/protocol';
import type { FlightRecord } from '../record/loadRecord.ts';
import { mix32 } from './seededRandom.ts';

/** Each recorded flight as one quote: what was known when cover was sold, and how the flight ended. */
export interface QuoteSamples {
  readonly count: number;
  /** 16 bytes per flight, in the order of the record's rows. */
  readonly features: Uint8Array;
  /** 1 where the flight came 60 or more minutes late, was cancelled or diverted. */
  readonly bad: Uint8Array;
  /** Local month of departure, 1 to 12. */
  readonly month: Uint8Array;
}

export const featureCount = featureNames.length;
const hour = 3600;

/** The one recorded moment, 1 to 6 hours before departure, at which a row is quoted in training and in backtests. */
export function quoteTimeOf(row: number, scheduledDeparture: number): number {
  return scheduledDeparture - hour - (mix32(row) % (5 * hour + 1));
}

/** Replays the year once in the order of quotes, feeding each outcome when it becomes known (4 s). */
export function quoteSamples(record: FlightRecord): QuoteSamples {
  const { count } = record;
  const samples = {
    count,
    features: new Uint8Array(count * featureCount),
    bad: record.result.map((result) => (result === 0 ? 0 : 1)),
    month: new Uint8Array(count),
  };
  const quotes = Float64Array.from({ length: count }, (_, row) =>
    quoteTimeOf(row, record.scheduledDeparture[row]!),
  );
  const order = Uint32Array.from({ length: count }, (_, row) => row).sort(
    (a, b) => quotes[a]! - quotes[b]! || a - b,
  );
  const state = createFeatureState();
  let applied = 0;
  for (const row of order) {
    const asOf = quotes[row]!;
    const seen = featureTimeOf(asOf);
    for (; applied < count && record.knownAt[record.byKnownAt[applied]!]! <= asOf; applied++) {
      applyOutcome(state, record.outcomeAt(record.byKnownAt[applied]!));
    }
    const flight = record.flightAt(row);
    const hourStart = flight.scheduledDeparture - (flight.scheduledDeparture % hour);
    const traffic = record.trafficInHour(flight.origin, hourStart);
    const weather = record.latestObservation(flight.origin, seen);
    samples.features.set(featuresAt(state, flight, weather, traffic, asOf), row * featureCount);
    samples.month[row] = newYorkTimeOf(flight.scheduledDeparture).month;
  }
  return samples;
}
