import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { loadRecord } from '../record/loadRecord.ts';
import { loadFlightDelay } from './loadFlightDelay.ts';
import { type TrainingProgress, trainFlightDelay } from './trainFlightDelay.ts';

const dataDir = fileURLToPath(new URL('../../../../applications/flight-cover/data', import.meta.url));

test('training from the record gives the shipped model, manifest and card to the byte', async () => {
  const progress: TrainingProgress[] = [];
  const trained = await trainFlightDelay({
    record: loadRecord(dataDir),
    onProgress: (step) => progress.push(step),
  });
  const shipped = loadFlightDelay(dataDir);
  expect(trained.modelId).toBe(shipped.modelId);
  expect(trained.manifestHash).toBe(shipped.manifestHash);
  expect(trained.card).toEqual(shipped.card);
  expect(progress.at(-1)!.done).toBe(1);
  progress.slice(1).forEach(({ done }, index) => {
    expect(done).toBeGreaterThanOrEqual(progress[index]!.done);
  });
});
