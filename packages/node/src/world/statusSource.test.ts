import { type FlightOutcome, statementDigest, type WorldFlight } from '@lichen/protocol';
import { isAddressEqual, recoverAddress } from 'viem';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lapSeconds } from './replayWorld.ts';
import { lagSeconds } from './statusSource.ts';
import {
  chainAt,
  controlToken,
  flightWith,
  settableClock,
  startSources,
  testRecord,
  testVerifier,
  testWorld,
} from './world.fixture.ts';

const clock = settableClock(testWorld.chainEpoch);
let world: Awaited<ReturnType<typeof startSources>>;
beforeAll(async () => {
  world = await startSources(clock);
});
afterAll(() => world.stop());

// biome-ignore lint/suspicious/noExplicitAny: the body is what the test looks at
async function get(path: string, source = 0, headers: Record<string, string> = {}): Promise<any> {
  const response = await fetch(`${world.endpoints[source]!.url}${path}`, { headers });
  return { status: response.status, ...((await response.json()) as object) };
}

test('lists scheduled departures on the chain clock, and each is found by its id', async () => {
  clock.now = testWorld.chainEpoch;
  const { flights } = await get(`/v1/departures?from=${clock.now}&to=${clock.now + 600}&origin=JFK&limit=50`);
  expect(flights).toHaveLength(50);
  for (const flight of flights as WorldFlight[]) {
    expect(flight.origin).toBe('JFK');
    expect(flight.departsAt).toBeGreaterThanOrEqual(clock.now);
    expect(flight.departsAt).toBe(chainAt(flight.scheduledDeparture));
  }
  const found = await get(`/v1/flights/${flights[49].flightId}`);
  expect(found.flight).toEqual(flights[49]);
  expect(found.statement).toBeNull();
});

test('an outcome shows when it happens, not a second earlier, and the statement is signed by the source', async () => {
  const { flight, outcome } = flightWith(({ result }) => result === 'late');
  const known = chainAt(outcome.knownAt - 1) + 1;
  clock.now = flight.departsAt - 1;
  expect((await get(`/v1/flights/${flight.flightId}`)).status.state ?? 'scheduled').toBe('scheduled');
  clock.now = known - 1;
  const before = await get(`/v1/flights/${flight.flightId}`);
  expect(['airborne', 'still-flying']).toContain(before.status.state);
  clock.now = known;
  const after = await get(`/v1/flights/${flight.flightId}`);
  expect(after.status.state).toBe('late');
  expect(after.status.arrivalDelayMinutes).toBe(outcome.arrivalDelayMinutes);
  const { statement, signature, source } = after.statement;
  const signer = await recoverAddress({
    hash: statementDigest(testVerifier, {
      ...statement,
      value: BigInt(statement.value),
      detail: BigInt(statement.detail),
    }),
    signature,
  });
  expect(isAddressEqual(signer, world.endpoints[0]!.address)).toBe(true);
  expect(isAddressEqual(source, signer)).toBe(true);
  expect(statement.observedAt).toBe(known);
  clock.now = known + 100;
  expect((await get(`/v1/flights/${flight.flightId}`)).statement).toEqual(after.statement);
});

test('a flight that has not landed an hour after schedule is still flying: certain, though not over', async () => {
  const { flight, outcome } = flightWith(
    ({ result, arrivalDelayMinutes }) => result === 'late' && arrivalDelayMinutes > 150,
  );
  clock.now = chainAt(flight.scheduledArrival + 3_600) + 1;
  const told = await get(`/v1/flights/${flight.flightId}`);
  expect(told.status).toMatchObject({ state: 'still-flying', arrivalDelayMinutes: null });
  expect(told.statement.statement.value).toBe('4');
  clock.now = chainAt(outcome.knownAt) + 1;
  expect((await get(`/v1/flights/${flight.flightId}`)).statement.statement.value).toBe('1');
});

test('a cancelled flight is known at its scheduled departure', async () => {
  const { flight } = flightWith(({ result }) => result === 'cancelled');
  clock.now = flight.departsAt - 1;
  expect((await get(`/v1/flights/${flight.flightId}`)).status.state).toBe('scheduled');
  clock.now = flight.departsAt + 1;
  expect((await get(`/v1/flights/${flight.flightId}`)).status.state).toBe('cancelled');
});

test('each lap has the same flights under other ids', async () => {
  const { flight } = flightWith(() => true);
  clock.now = flight.departsAt - 100;
  const lap = lapSeconds(testWorld) / testWorld.speed;
  const query = (from: number) => `/v1/departures?from=${from}&to=${from + 5}&limit=500`;
  const first = (await get(query(flight.departsAt))).flights.find(
    (item: WorldFlight) => item.row === flight.row,
  );
  clock.now += lap;
  const second = (await get(query(flight.departsAt + lap))).flights.find(
    (item: WorldFlight) => item.row === flight.row,
  );
  expect(second.flightId).not.toBe(first.flightId);
  expect((await get(`/v1/flights/${second.flightId}`)).status.state).toBe('scheduled');
});

test('outcomes are told in order and never ahead of the clock, in later laps as well', async () => {
  clock.now = testWorld.chainEpoch + 60;
  const from = testWorld.recordedEpoch - 3_600;
  const { outcomes } = await get(`/v1/outcomes?from=${from}&to=${from + 86_400}`);
  const limit = testWorld.recordedEpoch + 3_600;
  expect(outcomes.length).toBeGreaterThan(10);
  expect(outcomes.every(({ knownAt }: FlightOutcome) => knownAt >= from && knownAt <= limit)).toBe(true);
  const times = outcomes.map(({ knownAt }: FlightOutcome) => knownAt);
  expect(times).toEqual([...times].sort((a, b) => a - b));
  clock.now += lapSeconds(testWorld) / testWorld.speed;
  expect((await get(`/v1/outcomes?from=${from}&to=${from + 86_400}`)).outcomes).toEqual(outcomes);
  expect((await get(`/v1/outcomes?from=${limit + 1}&to=${limit + 3_600}`)).outcomes).toEqual([]);
});

test('traffic of an hour is that of the record', async () => {
  const hour = Math.floor(testWorld.recordedEpoch / 3_600) * 3_600;
  const { departures } = await get(`/v1/traffic?origin=EWR&hour=${hour}`);
  expect(departures).toBe(testRecord().trafficInHour('EWR', hour));
  expect(departures).toBeGreaterThan(0);
});

test('a source told to lie turns results around and signs the lie; told to lag it is late; told to die it refuses', async () => {
  const { flight, outcome } = flightWith(({ result }) => result === 'late');
  const known = chainAt(outcome.knownAt) + 1;
  clock.now = known + 1;
  await world.setMode(1, 'lie');
  expect((await get(`/v1/flights/${flight.flightId}`, 1)).statement.statement.value).toBe('0');
  expect((await get(`/v1/flights/${flight.flightId}`, 0)).statement.statement.value).toBe('1');
  await world.setMode(1, 'lie', `0x${'11'.repeat(32)}`);
  expect((await get(`/v1/flights/${flight.flightId}`, 1)).statement.statement.value).toBe('1');
  await world.setMode(1, 'lag');
  const lagging = await get(`/v1/flights/${flight.flightId}`, 1);
  expect(lagging.status.observedAt).toBe(clock.now - lagSeconds);
  await world.setMode(1, 'dead');
  expect((await get(`/v1/flights/${flight.flightId}`, 1)).error).toBe('source-unavailable');
  expect((await get('/v1/source', 1)).mode).toBe('dead');
  await world.setMode(1, 'honest');
  expect((await get(`/v1/flights/${flight.flightId}`, 1)).statement.statement.value).toBe('1');
});

test('only the control token changes the mode', async () => {
  for (const token of ['', 'wrong', `${controlToken}x`]) {
    const response = await fetch(`${world.endpoints[0]!.url}/v1/mode`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-lichen-control': token },
      body: '{"mode":"lie"}',
    });
    expect(response.status).toBe(403);
  }
  expect((await get('/v1/source')).mode).toBe('honest');
});

test.each([
  '/v1/departures?from=x&to=1',
  '/v1/departures?from=0&to=99999999',
  '/v1/departures?from=0&to=1&limit=100000',
  '/v1/departures?from=0&to=1&origin=LAX',
  '/v1/outcomes?from=0&to=99999999',
  '/v1/traffic?origin=EWR',
  '/v1/flights/0x12',
  '/v1/flights/..%2f..%2fetc',
])('refuses %s', async (path) => {
  const body = await get(path);
  expect(body.error).toBe('bad-input');
});

test('an unknown id is unknown, quickly each time', async () => {
  const body = await get(`/v1/flights/0x${'ab'.repeat(32)}`);
  expect(body.error).toBe('unknown-flight');
  expect(body.next).toBeDefined();
});

test('a foreign page or host is refused', async () => {
  const foreign = await fetch(`${world.endpoints[0]!.url}/v1/source`, {
    headers: { origin: 'https://example.org' },
  });
  expect(foreign.status).toBe(403);
});
