import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { encodeModel, featureNames, shapley } from '@lichen/protocol';
import { hexToBytes } from 'viem';
import { afterAll, describe, expect, test } from 'vitest';
import { loadRecord } from '../record/loadRecord.ts';
import { evaluate } from './evaluate.ts';
import { loadFlightDelay } from './loadFlightDelay.ts';
import { predictRows } from './modelCard.ts';
import { periods, rowsInMonths } from './periods.ts';
import { featureCount, quoteSamples } from './quoteSamples.ts';
import { badOf } from './trainNetwork.ts';

const dataDir = fileURLToPath(new URL('../../../../applications/flight-cover/data', import.meta.url));
const shipped = loadFlightDelay(dataDir);
const record = loadRecord(dataDir);
const samples = quoteSamples(record);

describe('the shipped model', () => {
  test('has the shape, the names and the one encoding it claims', () => {
    expect(shipped.model.layers.map(({ outputs }) => outputs)).toEqual([32, 16, 1]);
    expect(shipped.manifest.features.map(({ name }) => name)).toEqual(featureNames);
    expect(encodeModel(shipped.model)).toEqual(shipped.blob);
    expect(shipped.manifest.training.recordSha256).toBe(record.provenance.files[0]!.contentSha256);
  });

  test('its card holds: measured again on the held-out flights', () => {
    const rows = rowsInMonths(samples, periods.heldOut);
    expect(evaluate(predictRows(shipped.model, samples, rows), badOf(samples, rows))).toEqual(
      shipped.card.heldOut,
    );
    expect(shipped.manifest.metrics.heldOut).toEqual(shipped.card.heldOut);
  });

  test('explains a flight: contributions add up to the difference from the mean flight', () => {
    const input = samples.features.slice(300_000 * featureCount, 300_001 * featureCount);
    const { contributions, output, baselineOutput } = shapley(
      shipped.model,
      input,
      hexToBytes(shipped.manifest.baseline),
    );
    expect(contributions.reduce((a, b) => a + b, 0n)).toBe(output - baselineOutput);
    expect(output).toBeGreaterThan(0n);
  });
});

describe('damage', () => {
  const directory = mkdtempSync(join(tmpdir(), 'lichen-model-'));
  afterAll(() => rmSync(directory, { recursive: true }));

  test('a blob that the manifest does not name is refused', () => {
    cpSync(join(dataDir, 'model'), join(directory, 'model'), { recursive: true });
    const file = join(directory, 'model', 'flight-delay.model.bin');
    const blob = readFileSync(file);
    blob[100]! ^= 1;
    writeFileSync(file, blob);
    expect(() => loadFlightDelay(directory)).toThrow(/not the one that its manifest names/);
    expect(() => loadFlightDelay(join(directory, 'nowhere'))).toThrow(/lacks flight-delay.model.bin/);
  });
});
