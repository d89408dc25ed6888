import { join } from 'node:path';
import { flightTopic } from '@lichen/protocol';
import { coverPoolAbi, modelRegistryAbi, oracleAbi, reporterSetAbi } from '@lichen/sdk';
import { createPublicClient, type Hex, http } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Chain, startChain } from '../chain/startChain.ts';
import { anvilBinary, temporaryFolder } from '../chain/testSupport.fixture.ts';
import { createKeys } from '../network/keys.ts';
import { type DeployInit, type Deployment, deployLichen } from './deployLichen.ts';

const packages = join(import.meta.dirname, '../../..');
const keys = createKeys();
const addressOf = (key: Hex) => privateKeyToAccount(key).address;
let chain: Chain;
let init: DeployInit;
let deployment: Deployment;

beforeAll(async () => {
  const folder = temporaryFolder();
  const funded = [keys.deployer, ...keys.reporters];
  chain = await startChain({
    folder: join(folder, 'chain'),
    anvilBinary,
    chainId: 31_338,
    blockIntervalMs: 200,
    genesisBalances: funded.map((key) => ({ address: addressOf(key), wei: 10n ** 22n })),
  });
  const shipped = join(packages, '../applications/flight-cover/data/model');
  const model = {
    blobFile: join(shipped, 'flight-delay.model.bin'),
    manifestFile: join(shipped, 'manifest.json'),
  };
  init = {
    rpcUrl: chain.url,
    chainId: 31_338,
    deployerKey: keys.deployer,
    artifactsDir: join(packages, 'contracts/out'),
    speed: 60,
    model,
    reporters: keys.reporters.map((privateKey, index) => ({ privateKey, endpoint: `reporter-${index + 1}` })),
    sources: keys.sources.map((key, index) => ({
      name: `source ${index}`,
      address: addressOf(key),
      topic: flightTopic,
    })),
    funded: [addressOf(keys.keeper)],
  };
  deployment = await deployLichen(init);
});
afterAll(() => chain?.stop());

describe('deployLichen', () => {
  test('leaves a network that can work: set in force, oracle following, model, sources, money', async () => {
    const client = createPublicClient({ transport: http(chain.url) });
    const { reporterSet, oracle, modelRegistry, coverPool } = deployment.addresses;
    expect(
      await client.readContract({ address: reporterSet, abi: reporterSetAbi, functionName: 'reporters' }),
    ).toEqual(keys.reporters.map(addressOf));
    const digests = await Promise.all([
      client.readContract({ address: reporterSet, abi: reporterSetAbi, functionName: 'configDigest' }),
      client.readContract({ address: oracle, abi: oracleAbi, functionName: 'configDigest' }),
    ]);
    expect(digests[0]).toBe(digests[1]);
    for (const source of init.sources) {
      const args = [source.address, flightTopic] as const;
      expect(
        await client.readContract({
          address: reporterSet,
          abi: reporterSetAbi,
          functionName: 'isSource',
          args,
        }),
      ).toBe(true);
    }
    const program = await client.readContract({
      address: modelRegistry,
      abi: modelRegistryAbi,
      functionName: 'programOf',
      args: [deployment.modelId],
    });
    expect(BigInt(program)).not.toBe(0n);
    expect(
      await client.readContract({ address: coverPool, abi: coverPoolAbi, functionName: 'totalAssets' }),
    ).toBe(100_000_000_000n);
    expect(await client.getBalance({ address: addressOf(keys.keeper) })).toBeGreaterThan(0n);
  });

  test('sends nothing when everything is there', async () => {
    const client = createPublicClient({ transport: http(chain.url) });
    const senders = [keys.deployer, ...keys.reporters].map(addressOf);
    const counts = () => Promise.all(senders.map((address) => client.getTransactionCount({ address })));
    const before = await counts();
    expect(await deployLichen(init)).toEqual(deployment);
    expect(await counts()).toEqual(before);
  });

  test('refuses another chain, an absent one and contracts that are not compiled', async () => {
    await expect(deployLichen({ ...init, chainId: 5 })).rejects.toMatchObject({ code: 'wrong-chain' });
    await expect(deployLichen({ ...init, rpcUrl: 'http://127.0.0.1:9' })).rejects.toMatchObject({
      code: 'chain-unreachable',
    });
    await expect(deployLichen({ ...init, artifactsDir: '/nowhere' })).rejects.toMatchObject({
      code: 'not-found',
    });
  });
});
