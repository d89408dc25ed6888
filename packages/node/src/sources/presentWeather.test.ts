import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openEvidenceStore } from '../evidence/evidenceStore.ts';
import { openLiveSources } from './openLiveSources.ts';
import { presentWeather } from './presentWeather.ts';
import { replayWeatherSource } from './replayWeather.ts';
import { startTestServer } from './server.fixture.ts';

const body = await readFile(new URL('./fixtures/noaaObservations.json', import.meta.url), 'utf8');
const present = Date.UTC(2027, 0, 15, 9) / 1000;
const recorded = {
  station: 'JFK',
  observedAt: Date.UTC(2013, 11, 5, 12) / 1000,
  temperatureF: 50,
  dewPointF: null,
  humidityPercent: null,
  windMph: 10,
  gustMph: null,
  precipitationInches: 0,
  pressureMillibar: null,
  visibilityMiles: 10,
};

test('recorded days keep their recorded weather; only the present is asked of a live provider', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lichen-weather-'));
  const evidence = await openEvidenceStore(folder);
  const noaa = await startTestServer((_, response) => response.end(body));
  const replay = await startTestServer((_, response) => response.end(JSON.stringify(recorded)));
  const clock = () => present;
  const { weather } = openLiveSources(
    {
      status: [],
      weather: {
        kind: 'noaa',
        name: 'National Weather Service',
        baseUrl: noaa.url,
        contact: 'someone@example.org',
        requestsPerHour: 2,
      },
    },
    { evidence, clock },
  );
  const source = presentWeather(
    weather!,
    replayWeatherSource({ name: 'recorded', url: replay.url, evidence }),
    clock,
  );

  expect((await source.observation('JFK', recorded.observedAt)).observation).toEqual(recorded);
  expect([noaa.seen.length, replay.seen.length]).toEqual([0, 1]);
  expect((await source.observation('JFK', present)).observation.temperatureF).toBeCloseTo(42.98, 5);
  expect(noaa.seen[0]!.headers['user-agent']).toBe('lichen (someone@example.org)');
  await source.observation('JFK', present - 60);
  await expect(source.observation('JFK', present)).rejects.toMatchObject({ code: 'source-unavailable' });
  expect([noaa.seen.length, replay.seen.length]).toEqual([2, 1]);
  await Promise.all([noaa.stop(), replay.stop()]);
  await rm(folder, { recursive: true });
});
