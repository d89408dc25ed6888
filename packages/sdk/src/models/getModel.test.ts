import { isLichenError } from '@lichen/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RealGateway, startRealGateway } from '../../test/realGateway.ts';
import { connectLichen } from '../client/createLichenClient.ts';
import { baselineOf } from './baselineOf.ts';
import { getModel } from './getModel.ts';

let real: RealGateway;
beforeAll(async () => {
  real = await startRealGateway();
});
afterAll(() => real.stop());

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
