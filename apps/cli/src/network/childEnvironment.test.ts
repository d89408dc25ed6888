import { expect, test } from 'vitest';
import { childEnvironment } from './childEnvironment.ts';

test('children get the environment without its secrets', () => {
  expect(
    childEnvironment({
      PATH: '/bin',
      LICHEN_LISTEN_HOST: '127.0.0.1',
      LICHEN_SOURCE_AEROAPI: 'key',
      LICHEN_DEPLOYER_KEY: '0x01',
      LICHEN_PRIVATE_KEY: '0x02',
    }),
  ).toEqual({ PATH: '/bin', LICHEN_LISTEN_HOST: '127.0.0.1' });
});
