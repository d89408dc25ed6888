import { describe, expect, test } from 'vitest';
import { readConfig } from './config.ts';

const address = '0x00000000000000000000000000000000000000AA';
const plain = {
  name: 'embedded',
  label: 'replay of recorded days',
  chainId: 31_337,
  rpcPath: '/rpc',
  addresses: {
    playDollar: address,
    modelRegistry: address,
    reporterSet: address,
    oracle: address,
    flightCover: address,
    coverPool: address,
  },
  modelId: `0x${'11'.repeat(32)}`,
  world: { recordedEpoch: 1, chainEpoch: 2, speed: 1, recordedFrom: 1, recordedTo: 2 },
  reporters: [],
  sources: [],
  weatherUrl: 'http://127.0.0.1:1',
  startedAt: 3,
};
const accounts = {
  entryPoint: address,
  factory: address,
  implementation: address,
  mandateExecutor: address,
  mandateValidator: address,
  guardianRecovery: address,
  sponsor: address,
  bundlerPath: '/bundler',
  paymasterPath: '/paymaster',
};

describe('the configuration of a network', () => {
  test('one without accounts is still read', () => {
    expect(readConfig(plain).accounts).toBeUndefined();
    expect(readConfig({ ...plain, accounts: null })).toEqual(readConfig(plain));
    expect(Object.keys(readConfig(plain).addresses)).toEqual(Object.keys(plain.addresses));
  });

  test('accounts and their addresses are read, and nothing unknown is', () => {
    const read = readConfig({
      ...plain,
      accounts: { ...accounts, extra: 1 },
      addresses: { ...plain.addresses, accountFactory: address, extra: address },
    });
    expect(read.accounts).toEqual(accounts);
    expect(read.addresses).toEqual({ ...plain.addresses, accountFactory: address });
  });

  test('live sources are read, and a network that names none has none', () => {
    expect(readConfig(plain).live).toEqual([]);
    const live = [{ use: 'weather', kind: 'open-meteo', name: 'Open-Meteo', origin: 'https://a.example' }];
    expect(readConfig({ ...plain, live }).live).toEqual([
      { use: 'weather', name: 'Open-Meteo', origin: 'https://a.example' },
    ]);
    expect(() => readConfig({ ...plain, live: [{ use: 'weather' }] })).toThrow('no usable "name"');
  });

  test('half an entry is refused, by name', () => {
    for (const name of Object.keys(accounts)) {
      const { [name as keyof typeof accounts]: _, ...rest } = accounts;
      expect(() => readConfig({ ...plain, accounts: rest }), name).toThrow(`no usable "${name}"`);
    }
    expect(() => readConfig({ ...plain, accounts: 'yes' })).toThrow('no usable "accounts"');
    expect(() => readConfig({ ...plain, addresses: { ...plain.addresses, sponsor: '0x12' } })).toThrow(
      'no usable "sponsor"',
    );
  });
});
