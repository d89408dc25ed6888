import { afterAll, beforeAll, expect, test } from 'vitest';
import { lapSeconds } from './replayWorld.ts';
import { startWeatherService } from './weatherService.ts';
import { settableClock, testRecord, testWorld } from './world.fixture.ts';

const clock = settableClock(testWorld.chainEpoch);
let part: Awaited<ReturnType<typeof startWeatherService>>;
beforeAll(async () => {
  part = await startWeatherService({ world: testWorld, record: testRecord(), port: 0, clock });
});
afterAll(() => part.stop());

// biome-ignore lint/suspicious/noExplicitAny: the body is what the test looks at
const get = async (path: string): Promise<any> => (await fetch(`${part.url}${path}`)).json();

test('tells the latest observation at or before a moment', async () => {
  const asOf = testWorld.recordedEpoch - 7_000;
  const told = await get(`/v1/observation?station=JFK&asOf=${asOf}`);
  expect(told).toEqual(testRecord().latestObservation('JFK', asOf));
  expect(told.observedAt).toBeLessThanOrEqual(asOf);
});

test('tells nothing that the present lap has not reached', async () => {
  const now = testWorld.recordedEpoch;
  const later = await get(`/v1/observation?station=LGA&asOf=${now + 10 * 86_400}`);
  expect(later).toEqual(testRecord().latestObservation('LGA', now));
  clock.now += lapSeconds(testWorld) / testWorld.speed;
  expect(await get(`/v1/observation?station=LGA&asOf=${now + 10 * 86_400}`)).toEqual(later);
});

test('refuses what it cannot answer', async () => {
  expect((await get('/v1/observation?station=LAX&asOf=1')).error).toBe('bad-input');
  expect((await get('/v1/observation?station=JFK&asOf=abc')).error).toBe('bad-input');
  expect((await get('/v1/observation?station=JFK&asOf=1000')).error).toBe('not-found');
});
