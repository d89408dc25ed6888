import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isLichenError } from '@lichen/protocol';
import { afterAll, describe, expect, test } from 'vitest';
import { loadRecord } from './loadRecord.ts';

const dataDir = fileURLToPath(new URL('../../../../applications/flight-cover/data', import.meta.url));
const record = loadRecord(dataDir);
const at = (...utc: [number, number, number, number, number]) => Date.UTC(...utc) / 1000;

describe('flights', () => {
  test('the first flight of the year', () => {
    // 05:15 in Newark, 08:19 in Houston; landed 11 minutes late.
    expect(record.flightAt(0)).toMatchObject({
      carrier: 'UA',
      number: 1545,
      origin: 'EWR',
      destination: 'IAH',
      tail: 'N14228',
    });
    expect(record.flightAt(0).scheduledDeparture).toBe(at(2013, 0, 1, 10, 15));
    expect(record.flightAt(0).scheduledArrival).toBe(at(2013, 0, 1, 14, 19));
    expect(record.outcomeAt(0)).toMatchObject({
      result: 'on-time',
      arrivalDelayMinutes: 11,
      knownAt: at(2013, 0, 1, 14, 30),
    });
  });

  test('counts of the year', () => {
    const counts = [0, 0, 0, 0];
    for (const result of record.result) counts[result]!++;
    expect(counts).toEqual([299_029, 28_317, 8_255, 1_175]);
  });

  test('rows are sorted, arrivals follow departures, and outcomes are not known before departure', () => {
    for (let row = 1; row < record.count; row++) {
      if (record.scheduledDeparture[row]! < record.scheduledDeparture[row - 1]!)
        throw new Error(`row ${row} is out of order`);
      const block = record.blockMinutes[row]!;
      // Block time against great-circle distance: no flight is faster than 620 mph or slower by four hours.
      const fastest = (record.distanceMiles[row]! / 620) * 60;
      if (block < fastest || block > fastest + 240) throw new Error(`row ${row} lasts ${block} minutes`);
      if (record.knownAt[row]! < record.scheduledDeparture[row]!)
        throw new Error(`row ${row} is known early`);
    }
  });

  test('lateness agrees with the delay', () => {
    for (let row = 0; row < record.count; row += 97) {
      const { result, arrivalDelayMinutes, knownAt } = record.outcomeAt(row);
      const { scheduledArrival, scheduledDeparture } = record.flightAt(row);
      if (result === 'cancelled') expect(knownAt).toBe(scheduledDeparture);
      else if (result !== 'diverted') {
        expect(result).toBe(arrivalDelayMinutes >= 60 ? 'late' : 'on-time');
        expect(knownAt).toBe(scheduledArrival + arrivalDelayMinutes * 60);
      }
    }
  });

  test('ranges by departure and by knowledge hold what they say', () => {
    const from = at(2013, 6, 4, 12, 0);
    const { first, end } = record.rowsDeparting(from, from + 3600);
    expect(record.scheduledDeparture[first - 1]!).toBeLessThan(from);
    expect(record.scheduledDeparture[first]!).toBeGreaterThanOrEqual(from);
    expect(record.scheduledDeparture[end]!).toBeGreaterThanOrEqual(from + 3600);
    const perOrigin = record.origins.map((origin) => record.trafficInHour(origin, from));
    expect(perOrigin.reduce((a, b) => a + b)).toBe(end - first);
    const known = [...record.rowsKnown(from, from + 3600)];
    expect(known.length).toBeGreaterThan(10);
    expect(known.every((row) => record.knownAt[row]! >= from && record.knownAt[row]! < from + 3600)).toBe(
      true,
    );
    const total = record.knownAt.reduce((sum, time) => sum + (time >= from && time < from + 3600 ? 1 : 0), 0);
    expect(known.length).toBe(total);
  });

  test('refuses a row outside the record', () => {
    expect(() => record.flightAt(336_776)).toThrow(/no such flight/);
  });

  test('every code has a name', () => {
    for (const code of [...record.destinations, ...record.origins])
      expect(record.airports[code]?.name).toBeTruthy();
    for (const code of record.carriers) expect(record.airlines[code]).toBeTruthy();
  });
});

describe('weather', () => {
  test('the latest observation is never of the future and at most a day old', () => {
    for (let row = 500; row < record.count; row += 331) {
      const { origin, scheduledDeparture } = record.flightAt(row);
      const found = record.latestObservation(origin, scheduledDeparture);
      expect(found?.station).toBe(origin);
      expect(found!.observedAt).toBeLessThanOrEqual(scheduledDeparture);
    }
  });

  test('an observation appears in the second it is made', () => {
    const first = record.latestObservation('JFK', at(2013, 0, 1, 6, 51));
    expect(first?.observedAt).toBe(at(2013, 0, 1, 6, 51));
    expect(record.latestObservation('JFK', at(2013, 0, 1, 6, 51) - 1)).toBeNull();
  });
});

describe('damage', () => {
  const directory = mkdtempSync(join(tmpdir(), 'lichen-record-'));
  afterAll(() => rmSync(directory, { recursive: true }));

  test('a changed byte is refused, and says which file', () => {
    for (const name of ['PROVENANCE.json', 'flights.columns.gz', 'weather.columns.gz', 'places.json']) {
      cpSync(join(dataDir, name), join(directory, name));
    }
    const bytes = readFileSync(join(directory, 'weather.columns.gz'));
    bytes[1000]! ^= 1;
    writeFileSync(join(directory, 'weather.columns.gz'), bytes);
    try {
      loadRecord(directory);
      expect.unreachable();
    } catch (error) {
      expect(isLichenError(error) && error.code).toBe('state-damaged');
      expect((error as Error).message).toContain('weather.columns.gz is not the file that was published');
    }
  });

  test('a missing directory is not found', () => {
    expect(() => loadRecord(join(directory, 'nowhere'))).toThrow(/lacks PROVENANCE.json/);
  });
});
