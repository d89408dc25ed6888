import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Flight } from '@lichen/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type EvidenceStore, openEvidenceStore } from '../evidence/evidenceStore.ts';
import { aeroApiSource } from './aeroApi.ts';
import { noaaSource } from './noaa.ts';
import { openMeteoSource } from './openMeteo.ts';
import { openSkySource } from './openSky.ts';
import { startTestServer } from './server.fixture.ts';

const flight: Flight = {
  carrier: 'UA',
  number: 1545,
  origin: 'EWR',
  destination: 'IAH',
  departsAt: Date.UTC(2027, 0, 15, 9) / 1000,
  arrivesAt: Date.UTC(2027, 0, 15, 12) / 1000,
};
const query = { flightId: `0x${'11'.repeat(32)}` as const, flight };
const fixture = async (name: string) =>
  JSON.parse(await readFile(new URL(`./fixtures/${name}.json`, import.meta.url), 'utf8')) as unknown;

let folder: string;
let evidence: EvidenceStore;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lichen-live-'));
  evidence = await openEvidenceStore(folder);
});
afterAll(() => rm(folder, { recursive: true }));

const serving = (body: unknown, status = 200) =>
  startTestServer((_, response) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });

test('AeroAPI: the leg that leaves this airport at this time, with gate times', async () => {
  const server = await serving(await fixture('aeroApiFlights'));
  const source = aeroApiSource({ evidence, apiKey: 'secret', baseUrl: server.url });
  const found = await source.observe(query);
  expect(found.answer).toBe('late');
  expect(found.status).toMatchObject({ state: 'late', departureDelayMinutes: 10, arrivalDelayMinutes: 70 });
  expect(server.seen[0]!.headers['x-apikey']).toBe('secret');
  expect(server.seen[0]!.url).toBe(
    '/flights/UAL1545?ident_type=designator&start=2027-01-14T21:00:00Z&end=2027-01-15T21:00:00Z',
  );
  const kept = await evidence.get(found.evidence.bodyHash);
  expect(JSON.parse(new TextDecoder().decode(kept))).toEqual(await fixture('aeroApiFlights'));
  expect(found.evidence.url).not.toContain('secret');
  await server.stop();
});

test.each([
  ['cancelled', { cancelled: true, actual_out: null, actual_in: null }, 'cancelled'],
  ['diverted', { diverted: true }, 'diverted'],
  ['landed elsewhere', { destination: { code_iata: 'SAT' } }, 'diverted'],
  ['landed in time', { actual_in: '2027-01-15T12:59:00Z' }, 'on-time'],
  ['not landed an hour after schedule', { actual_in: null }, 'still-flying'],
])('AeroAPI: %s', async (_, change, answer) => {
  const body = (await fixture('aeroApiFlights')) as { flights: object[] };
  const server = await serving({ flights: [{ ...body.flights[0], ...change }] });
  const source = aeroApiSource({
    evidence,
    apiKey: 'secret',
    baseUrl: server.url,
    clock: () => flight.arrivesAt + 3_700,
  });
  expect((await source.observe(query)).answer).toBe(answer);
  await server.stop();
});

test('AeroAPI: no leg at that time is an unknown flight, and in the air is no answer yet', async () => {
  const body = (await fixture('aeroApiFlights')) as { flights: object[] };
  const server = await serving({ flights: [body.flights[1]] });
  const source = aeroApiSource({ evidence, apiKey: 'secret', baseUrl: server.url });
  await expect(source.observe(query)).rejects.toMatchObject({ code: 'unknown-flight' });
  await server.stop();
  const flying = await serving({ flights: [{ ...body.flights[0], actual_in: null }] });
  const early = aeroApiSource({
    evidence,
    apiKey: 'secret',
    baseUrl: flying.url,
    clock: () => flight.departsAt + 900,
  });
  expect(await early.observe(query)).toMatchObject({ answer: undefined, status: { state: 'airborne' } });
  await flying.stop();
});

test('OpenSky: last seen at the destination is the landing; not seen is no answer', async () => {
  const server = await serving(await fixture('openSkyArrivals'));
  const source = openSkySource({ evidence, baseUrl: server.url });
  const at = 1_800_003_600 - 300;
  const found = await source.observe({
    ...query,
    flight: { ...flight, departsAt: at, arrivesAt: at + 9_000 },
  });
  expect(found.status).toMatchObject({ departureDelayMinutes: 5, arrivalDelayMinutes: 65, state: 'late' });
  expect(server.seen[0]!.headers.authorization).toBeUndefined();
  expect(server.seen[0]!.url).toContain('/flights/arrival?airport=KIAH&begin=');
  const other = await source.observe({
    ...query,
    flight: { ...flight, number: 1, departsAt: at, arrivesAt: at + 9_000 },
  });
  expect(other.answer).toBeUndefined();
  await server.stop();
});

test('OpenSky: an empty span (404) is no knowledge about the flight', async () => {
  const server = await serving('', 404);
  const source = openSkySource({ evidence, baseUrl: server.url });
  await expect(source.observe(query)).rejects.toMatchObject({ code: 'source-unavailable' });
  await server.stop();
});

test('live sources must be told the flight', async () => {
  const source = openSkySource({ evidence, baseUrl: 'http://127.0.0.1:1' });
  await expect(source.observe({ flightId: query.flightId })).rejects.toMatchObject({ code: 'bad-input' });
});

test('Open-Meteo: the hour at or before a moment, in the units of the record', async () => {
  const server = await serving(await fixture('openMeteoForecast'));
  const source = openMeteoSource({ evidence, baseUrl: server.url });
  const { observation } = await source.observation('EWR', 1_800_005_000);
  expect(observation).toEqual({
    station: 'EWR',
    observedAt: 1_800_003_600,
    temperatureF: 31.1,
    dewPointF: 25.9,
    humidityPercent: 80,
    windMph: 14.8,
    gustMph: 25.3,
    precipitationInches: 0.012,
    pressureMillibar: 1010.4,
    visibilityMiles: 5,
  });
  expect((await source.observation('EWR', 1_800_000_000)).observation.visibilityMiles).toBe(10);
  await expect(source.observation('EWR', 1)).rejects.toMatchObject({ code: 'not-found' });
  await server.stop();
});

test('National Weather Service: converts from metric, keeps missing readings missing', async () => {
  const server = await serving(await fixture('noaaObservations'));
  const source = noaaSource({ evidence, userAgent: 'test (someone@example.org)', baseUrl: server.url });
  const asOf = Date.UTC(2027, 0, 15, 9) / 1000;
  const { observation } = await source.observation('JFK', asOf);
  expect(observation.observedAt).toBe(Date.UTC(2027, 0, 15, 8, 51) / 1000);
  expect(observation.temperatureF).toBeCloseTo(42.98, 5);
  expect(observation.windMph).toBeCloseTo(11.408, 2);
  expect(observation.gustMph).toBeNull();
  expect(observation.precipitationInches).toBeCloseTo(0.1, 9);
  expect(observation.pressureMillibar).toBeCloseTo(1009.8, 9);
  expect(observation.visibilityMiles).toBeCloseTo(9.998, 2);
  expect(server.seen[0]!.headers['user-agent']).toBe('test (someone@example.org)');
  await server.stop();
});

test('another unit than the documented one is refused, not converted wrongly', async () => {
  const body = JSON.stringify(await fixture('noaaObservations')).replaceAll(
    'wmoUnit:km_h-1',
    'wmoUnit:m_s-1',
  );
  const server = await serving(body);
  const source = noaaSource({ evidence, userAgent: 'test', baseUrl: server.url });
  await expect(source.observation('JFK', Date.UTC(2027, 0, 15, 9) / 1000)).rejects.toMatchObject({
    code: 'source-unavailable',
  });
  await server.stop();
});
