import { generatePrivateKey } from 'viem/accounts';
import { expect, test } from 'vitest';
import { externalChainOf } from './externalChainOf.ts';

const rpc = 'https://rpc.example.org/v3/a-key';
const key = generatePrivateKey();

test('a chain of one’s own is its address, its id and a key that pays', () => {
  expect(externalChainOf({}, { LICHEN_DEPLOYER_KEY: key })).toBeUndefined();
  expect(externalChainOf({ rpc, chainId: 5 }, { LICHEN_DEPLOYER_KEY: key })).toEqual({
    rpcUrl: rpc,
    chainId: 5,
    deployerKey: key,
  });
});

test.each<[string, Parameters<typeof externalChainOf>[0], string | undefined, string]>([
  ['reporters that misbehave', { rpc, chainId: 5, misbehave: new Map() }, key, 'misbehaves'],
  ['no key', { rpc, chainId: 5 }, undefined, 'no LICHEN_DEPLOYER_KEY'],
  ['no id', { rpc }, key, 'no --chain-id'],
  ['half a key', { rpc, chainId: 5 }, key.slice(0, 20), 'not a private key'],
  [
    // The first key of every development chain: what it deploys belongs to whoever is quickest.
    'a published key',
    { rpc, chainId: 5 },
    '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80',
    'published',
  ],
])('%s is refused, and the key is not repeated', (_, options, deployerKey, expected) => {
  try {
    externalChainOf(options, { LICHEN_DEPLOYER_KEY: deployerKey });
    expect.unreachable();
  } catch (error) {
    expect(error).toMatchObject({ code: 'bad-input', message: expect.stringContaining(expected) });
    if (deployerKey !== undefined) expect((error as Error).message).not.toContain(deployerKey.slice(2, 18));
  }
});
