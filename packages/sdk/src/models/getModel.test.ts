import { isLichenError, modelIdOf } from '@lichen/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RealGateway, startRealGateway } from '../../test/realGateway.ts';
import { connectLichen } from '../client/createLichenClient.ts';
import { baselineOf } from './baselineOf.ts';
import { getModel } from './getModel.ts';
import { runModel } from './runModel.ts';

let real: RealGateway;
beforeAll(async () => {
  real = await startRealGateway();
});
afterAll(() => real.stop());

test('the published model, its weights checked, downloaded once', async () => {
  const model = await getModel(real.client);
  expect(modelIdOf(model.blob)).toBe(real.client.config.modelId);
  expect(model.baseline).toHaveLength(16);
  expect(model.card).not.toBeNull();
  expect(await getModel(real.client)).toBe(model);
});

test('runs here, within a probability', async () => {
  const { baseline } = await getModel(real.client);
  const output = await runModel(real.client, { input: baseline });
  expect(output > 0n && output < 1_000_000n).toBe(true);
  await expect(runModel(real.client, { input: baseline.slice(1) })).rejects.toThrow('wrong number of bytes');
});

test('another model than the network names is refused', async () => {
  const config = { ...real.client.config, modelId: `0x${'12'.repeat(32)}` as const };
  const error = await getModel(connectLichen({ gatewayUrl: real.client.gatewayUrl, config })).catch(
    (reason) => reason,
  );
  expect(isLichenError(error) && error.code).toBe('bad-model');
});

test('a manifest without a baseline is refused', () => {
  for (const manifest of [{}, { baseline: '0x' }, { baseline: [1, 2] }, { baseline: '0x1' }]) {
    expect(() => baselineOf(manifest)).toThrow('names no baseline input');
  }
});
