import { fileURLToPath } from 'node:url';
import { fc, test as property } from '@fast-check/vitest';
import type { FlightOutcome, WeatherObservation } from '@lichen/protocol';
import { applyOutcome, createFeatureState, featuresAt, featureTimeOf } from '@lichen/protocol';
import { describe, expect, test } from 'vitest';
import { loadRecord } from '../record/loadRecord.ts';
import { featureCount, quoteSamples, quoteTimeOf } from './quoteSamples.ts';

const record = loadRecord(
  fileURLToPath(new URL('../../../../applications/flight-cover/data', import.meta.url)),
);
const day = 86_400;

/** What a reporter that starts now knows: the outcomes of the last 45 days up to `until`, changed as told. */
function bytesOf(
  row: number,
  until: number,
  change: (outcome: FlightOutcome) => FlightOutcome | null = (o) => o,
  weather?: WeatherObservation | null,
) {
  const asOf = quoteTimeOf(row, record.scheduledDeparture[row]!);
  const state = createFeatureState();
  for (const known of record.rowsKnown(asOf - 45 * day, until)) {
    const outcome = change(record.outcomeAt(known));
    if (outcome !== null) applyOutcome(state, outcome);
  }
  const flight = record.flightAt(row);
  const traffic = record.trafficInHour(
    flight.origin,
    flight.scheduledDeparture - (flight.scheduledDeparture % 3600),
  );
  const seen = weather === undefined ? record.latestObservation(flight.origin, featureTimeOf(asOf)) : weather;
  return featuresAt(state, flight, seen, traffic, asOf);
}
const rows = fc.integer({ min: 60_000, max: record.count - 1 });
const lies: ((outcome: FlightOutcome) => FlightOutcome | null)[] = [
  () => null,
  (outcome) => ({
    ...outcome,
    result: outcome.result === 'on-time' ? 'cancelled' : 'on-time',
    arrivalDelayMinutes: 0,
  }),
  (outcome) => ({
    ...outcome,
    knownAt: outcome.knownAt + 5 * 3600,
    arrivalDelayMinutes: 600,
    result: 'late',
  }),
];

describe('no leak, on the record', () => {
  property.prop([rows, fc.constantFrom(...lies)], { numRuns: 12 })(
    'outcomes known after the quote change nothing',
    (row, lie) => {
      const asOf = quoteTimeOf(row, record.scheduledDeparture[row]!);
      const seen = featureTimeOf(asOf);
      const honest = bytesOf(row, asOf);
      expect(
        bytesOf(row, asOf + day, (outcome) => (outcome.knownAt >= seen ? lie(outcome) : outcome)),
      ).toEqual(honest);
      // The test can fail: the same lie about what was known before the quote does show.
      expect(
        bytesOf(row, asOf, (outcome) => (outcome.knownAt >= seen - 12 * 3600 ? lie(outcome) : outcome)),
      ).not.toEqual(honest);
    },
  );

  property.prop([rows], { numRuns: 12 })('weather observed after the quote is refused', (row) => {
    const flight = record.flightAt(row);
    const seen = featureTimeOf(quoteTimeOf(row, flight.scheduledDeparture));
    const later = record.latestObservation(flight.origin, seen + 2 * 3600)!;
    expect(record.latestObservation(flight.origin, seen)!.observedAt).toBeLessThanOrEqual(seen);
    if (later.observedAt > seen) expect(() => bytesOf(row, seen, undefined, later)).toThrow(/may not enter/);
  });
});

describe('quoteSamples', () => {
  const samples = quoteSamples(record);

  property.prop([rows], { numRuns: 12 })(
    'a reporter that replayed 45 days gives the bytes of the training set',
    (row) => {
      const asOf = quoteTimeOf(row, record.scheduledDeparture[row]!);
      expect(bytesOf(row, asOf)).toEqual(
        samples.features.slice(row * featureCount, (row + 1) * featureCount),
      );
    },
  );

  test('quotes are 1 to 6 hours before departure, inputs are bytes of 0..127, months are local', () => {
    for (let row = 0; row < record.count; row++) {
      const lead = record.scheduledDeparture[row]! - quoteTimeOf(row, record.scheduledDeparture[row]!);
      if (lead < 3600 || lead > 6 * 3600) throw new Error(`row ${row} is quoted ${lead} s before`);
    }
    expect(samples.features.every((byte) => byte <= 127)).toBe(true);
    expect([samples.month[0], samples.month[record.count - 1]]).toEqual([1, 12]);
    expect(samples.bad.reduce((a, b) => a + b, 0)).toBe(28_317 + 8_255 + 1_175);
  });
});
