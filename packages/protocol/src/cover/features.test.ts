import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { describeFeatures } from './describeFeatures.ts';
import {
  applyOutcome,
  bucketSeconds,
  createFeatureState,
  featureTimeOf,
  moveTo,
  tallyOf,
} from './featureState.ts';
import { featureDefinitions, featureNames, featuresAt } from './features.ts';
import {
  type FlightOutcome,
  flightResults,
  type RecordedFlight,
  type WeatherObservation,
} from './records.ts';

const start = 1_370_000_000 - (1_370_000_000 % bucketSeconds);
const flight: RecordedFlight = {
  row: 0,
  carrier: 'UA',
  number: 1,
  origin: 'EWR',
  destination: 'IAH',
  tail: '',
  distanceMiles: 1400,
  scheduledDeparture: start + 3 * 3600,
  scheduledArrival: start + 7 * 3600,
  aircraftYear: 0,
};
const weather: WeatherObservation = {
  station: 'EWR',
  observedAt: start - 60,
  temperatureF: 50,
  dewPointF: 40,
  humidityPercent: 70.4,
  windMph: 12.65,
  gustMph: 25.3,
  precipitationInches: 0.02,
  pressureMillibar: null,
  visibilityMiles: 4,
};
const outcomes = fc
  .array(
    fc.record({
      carrier: fc.constantFrom('UA', 'DL'),
      origin: fc.constantFrom('EWR', 'JFK', 'LGA'),
      destination: fc.constantFrom('IAH', 'ATL'),
      tail: fc.constant(''),
      scheduledDeparture: fc.integer({ min: start - 40 * 86_400, max: start }),
      result: fc.constantFrom(...flightResults),
      departureDelayMinutes: fc.constant(0),
      arrivalDelayMinutes: fc.integer({ min: -40, max: 900 }),
      knownAt: fc.oneof(
        fc.integer({ min: start - 32 * 86_400, max: start + 86_400 }),
        fc.integer({ min: start - 4 * 3600, max: start + 60 }),
      ),
    }),
    { maxLength: 60 },
  )
  .map((list) => list.map((outcome, row): FlightOutcome => ({ ...outcome, row: row + 1 })));
const bytesOf = (list: readonly FlightOutcome[], asOf: number, state = createFeatureState()) => {
  for (const outcome of list) applyOutcome(state, outcome);
  return featuresAt(state, flight, weather, 30, asOf);
};

describe('featuresAt', () => {
  test('schedule and weather as the page defines them, with an empty record', () => {
    const features = bytesOf([], start + 100);
    expect(features.length).toBe(16);
    // 31 May 2013, a Friday, 10:15 in New York.
    expect([...features]).toMatchInlineSnapshot(`
      [
        84,
        36,
        64,
        60,
        90,
        40,
        52,
        52,
        36,
        36,
        36,
        36,
        63,
        50,
        15,
        70,
      ]
    `);
    expect(describeFeatures(features).map(({ label, text }) => `${label}: ${text}`)).toMatchInlineSnapshot(`
      [
        "Day of the week: Friday",
        "Local time of departure: 10:28",
        "Distance: 1387 miles",
        "Time until departure: 182 minutes",
        "Departures in that hour: 30 flights",
        "Airline late, last 30 days: 10.1 %",
        "This flight late, last 30 days: 9.92 %",
        "All flights late, last 24 hours: 9.92 %",
        "Delay of all flights, last 3 hours: 14.8 minutes",
        "Delay from this airport, last 3 hours: 14.8 minutes",
        "Delay of the airline, last 24 hours: 14.8 minutes",
        "Delay to this destination, last 24 hours: 14.8 minutes",
        "Wind or gusts at the airport: 25.2 mph",
        "Visibility at the airport: 4 miles",
        "Rain or snow at the airport: 0.02 inches an hour",
        "Humidity at the airport: 70 %",
      ]
    `);
  });

  property.prop([outcomes, fc.nat(bucketSeconds - 1)])(
    'any order, repeats and early outcomes give the same bytes',
    (list, late) => {
      const known = list.filter((outcome) => outcome.knownAt < start);
      const state = createFeatureState();
      moveTo(state, start - 86_400);
      const other = bytesOf([...list].reverse().concat(list), start + late, state);
      expect(other).toEqual(bytesOf(known, start));
    },
  );

  property.prop([outcomes, fc.array(fc.integer({ min: -23, max: 23 }), { maxLength: 8 })])(
    'looking about in time changes nothing',
    (list, steps) => {
      const state = createFeatureState();
      for (const outcome of list) applyOutcome(state, outcome);
      for (const step of steps) moveTo(state, start + step * 3600);
      expect(featuresAt(state, flight, weather, 30, start)).toEqual(bytesOf(list, start));
    },
  );

  property.prop([outcomes])('tallies equal a plain count', (list) => {
    const state = createFeatureState();
    for (const outcome of list) applyOutcome(state, outcome);
    moveTo(state, start);
    const day = list.filter(({ knownAt }) => knownAt < start && knownAt >= start - 86_400);
    const tally = tallyOf(state, 'day', 'network');
    expect(tally.count).toBe(day.length);
    expect(tally.bad).toBe(day.filter(({ result }) => result !== 'on-time').length);
  });

  test('forgets outcomes older than the windows and refuses to look back beyond them', () => {
    const state = createFeatureState();
    const outcome: FlightOutcome = {
      ...flight,
      row: 9,
      result: 'late',
      departureDelayMinutes: 0,
      arrivalDelayMinutes: 90,
      knownAt: start - 100,
    };
    applyOutcome(state, outcome);
    moveTo(state, start);
    moveTo(state, start + 60 * 86_400);
    expect(state.outcomes.size).toBe(0);
    expect(tallyOf(state, 'month', 'network').count).toBe(0);
    expect(() => moveTo(state, start)).toThrow(/no longer reaches back/);
  });

  test('refuses later weather, weather of another airport and departed flights', () => {
    const state = createFeatureState();
    expect(() => featuresAt(state, flight, { ...weather, observedAt: start + 1 }, 30, start + 500)).toThrow(
      /may not enter/,
    );
    expect(() => featuresAt(state, flight, { ...weather, station: 'JFK' }, 30, start)).toThrow(
      /may not enter/,
    );
    expect(() => featuresAt(state, flight, null, 30, flight.scheduledDeparture)).toThrow(/has left/);
  });
});

describe('scales', () => {
  test.each(featureNames)('%s: bytes never descend and stay in range', (name) => {
    const { scale } = featureDefinitions[name];
    let before = -1;
    for (let value = 0; value < 1_000_000; value = Math.floor(value * 1.02) + 1) {
      const byte = scale.encode(value);
      expect(byte).toBeGreaterThanOrEqual(before);
      expect(byte).toBeLessThanOrEqual(127);
      before = byte;
    }
  });

  test('describeFeatures refuses other lengths and bytes above 127', () => {
    expect(() => describeFeatures(new Uint8Array(15))).toThrow(/not the features/);
    expect(() => describeFeatures(new Uint8Array(16).fill(128))).toThrow(/not the features/);
    expect(featureTimeOf(start + 899)).toBe(start);
  });
});
