import { flightAnswers, isLichenError } from '@lichen/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { flightWith, testRecord, testWorld } from '../../../node/src/world/world.fixture.ts';
import { type RealGateway, startRealGateway } from '../../test/realGateway.ts';
import { createLichenClient } from '../client/createLichenClient.ts';
import { collectStatements } from '../oracle/collectStatements.ts';
import { getFlight } from './getFlight.ts';
import { searchFlights } from './searchFlights.ts';

let real: RealGateway;
beforeAll(async () => {
  real = await startRealGateway();
});
afterAll(() => real.stop());

async function codeOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!isLichenError(error)) throw new Error('was not refused');
  return error.code;
}

describe('searchFlights', () => {
  const from = testWorld.chainEpoch;
  const to = from + 1_440;

  test('finds every departure of a recorded day across pages, once and in order', async () => {
    const flights = await searchFlights(real.client, { from, to });
    const { first, end } = testRecord().rowsDeparting(
      testWorld.recordedEpoch,
      testWorld.recordedEpoch + 1_440 * testWorld.speed,
    );
    expect(flights.length).toBeGreaterThan(500);
    expect(flights.map((flight) => flight.row).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: end - first }, (_, index) => first + index),
    );
    expect(flights.map((flight) => flight.departsAt)).toEqual(
      flights.map((flight) => flight.departsAt).toSorted((a, b) => a - b),
    );
  });

  test('filters and limits', async () => {
    const some = await searchFlights(real.client, {
      from,
      to,
      origin: 'EWR',
      carrier: 'UA',
      destination: 'IAH',
    });
    expect(some.length).toBeGreaterThan(0);
    expect(
      some.every((flight) => `${flight.origin}${flight.carrier}${flight.destination}` === 'EWRUAIAH'),
    ).toBe(true);
    expect(await searchFlights(real.client, { from, to, limit: 3 })).toHaveLength(3);
    expect(await searchFlights(real.client, { from, to: from })).toEqual([]);
  });

  test('a span that is too long is refused', async () => {
    expect(await codeOf(searchFlights(real.client, { from, to: from + 1_000_000 }))).toBe('bad-input');
  });
});

describe('getFlight and collectStatements', () => {
  test('what became of a flight, and three signed statements of it', async () => {
    const { flight, outcome } = flightWith(({ result }) => result === 'late');
    real.clock.now = flight.departsAt - 60;
    const before = await getFlight(real.client, flight);
    expect(before).toMatchObject({ flight, status: { state: 'scheduled', arrivalDelayMinutes: null } });
    expect(await collectStatements(real.client, flight)).toEqual([]);

    real.clock.now =
      testWorld.chainEpoch + Math.ceil((outcome.knownAt - testWorld.recordedEpoch) / testWorld.speed);
    const after = await getFlight(real.client, flight);
    expect(after.status).toMatchObject({ state: 'late', arrivalDelayMinutes: outcome.arrivalDelayMinutes });
    const statements = await collectStatements(real.client, flight);
    expect(statements.map(({ source }) => source)).toEqual(
      real.sources.endpoints.map(({ address }) => address),
    );
    expect(statements.map(({ statement }) => flightAnswers[Number(statement.value)])).toEqual([
      'late',
      'late',
      'late',
    ]);
  });

  test('a lie is told by its source alone, and a dead source is left out', async () => {
    const { flight } = flightWith(({ result }) => result === 'late');
    await real.sources.setMode(0, 'lie');
    await real.sources.setMode(1, 'dead');
    const statements = await collectStatements(real.client, flight);
    expect(statements.map(({ statement }) => flightAnswers[Number(statement.value)])).toEqual([
      'on-time',
      'late',
    ]);
    await real.sources.setMode(0, 'honest');
    await real.sources.setMode(1, 'honest');
  });
});

describe('createLichenClient', () => {
  test('a gateway whose chain is down says so', async () => {
    expect(await codeOf(createLichenClient({ gatewayUrl: real.client.gatewayUrl }))).toBe(
      'chain-unreachable',
    );
  });

  test('a text that is no address, and a page that is no gateway', async () => {
    expect(await codeOf(createLichenClient({ gatewayUrl: 'gateway' }))).toBe('bad-input');
    expect(await codeOf(createLichenClient({ gatewayUrl: real.sources.endpoints[0]!.url }))).toBe(
      'not-found',
    );
  });
});
