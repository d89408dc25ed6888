import { join } from 'node:path';
import { flightTopic, type WorldFlight } from '@lichen/protocol';
import { flightCoverAbi, playDollarAbi } from '@lichen/sdk';
import { createPublicClient, encodeFunctionData, type Hex, http, maxUint256, parseEventLogs } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Chain, startChain } from '../chain/startChain.ts';
import { anvilBinary, temporaryFolder } from '../chain/testSupport.fixture.ts';
import { type Deployment, deployLichen } from '../deploy/deployLichen.ts';
import { startKeeper } from '../keeper/keeper.ts';
import { freePorts } from '../network/freePorts.ts';
import { createKeys } from '../network/keys.ts';
import { loadRecord } from '../record/loadRecord.ts';
import { startReporter } from '../reporter/reporter.ts';
import { createSender } from '../reporter/transactions.ts';
import { startStatusSource } from '../world/statusSource.ts';
import { startWeatherService } from '../world/weatherService.ts';
import { startGateway } from './gateway.ts';

const root = join(import.meta.dirname, '../../../..');
const data = join(root, 'applications/flight-cover/data');
const chainId = 31_339;
const keys = createKeys();
const addressOf = (key: Hex) => privateKeyToAccount(key).address;
const controlToken = 'token of the test';
/** Recorded seconds per chain second: fast enough that a flight of the shortest kind takes half a minute. */
const speed = 600;
const chainEpoch = Math.floor(Date.now() / 1000);
const recordedFrom = Date.UTC(2013, 11, 8, 5) / 1000;
const world = {
  recordedEpoch: Date.UTC(2013, 11, 8, 16) / 1000,
  chainEpoch,
  speed,
  recordedFrom,
  recordedTo: recordedFrom + 14 * 86_400,
};

const parts: { stop(): Promise<unknown> }[] = [];
const lines: string[] = [];
let chain: Chain;
let deployment: Deployment;
let gatewayUrl: string;
let sourceUrls: string[];
const record = loadRecord(data);

beforeAll(async () => {
  const folder = temporaryFolder();
  const funded = [keys.deployer, keys.keeper, keys.developmentAccount, ...keys.reporters];
  chain = await startChain({
    folder: join(folder, 'chain'),
    anvilBinary,
    chainId,
    genesisBalances: funded.map((key) => ({ address: addressOf(key), wei: 10n ** 22n })),
  });
  const model = {
    blobFile: join(data, 'model/flight-delay.model.bin'),
    manifestFile: join(data, 'model/manifest.json'),
  };
  deployment = await deployLichen({
    rpcUrl: chain.url,
    chainId,
    deployerKey: keys.deployer,
    artifactsDir: join(root, 'packages/contracts/out'),
    speed,
    model,
    reporters: keys.reporters.map((privateKey, index) => ({ privateKey, endpoint: `reporter-${index}` })),
    sources: keys.sources.map((key, index) => ({
      name: `source ${index}`,
      address: addressOf(key),
      topic: flightTopic,
    })),
    funded: [],
  });
  const { addresses, modelId } = deployment;
  const sources = await Promise.all(
    keys.sources.map(async (privateKey, index) => {
      const part = await startStatusSource({
        name: `source ${index}`,
        privateKey,
        verifier: { chainId, address: addresses.oracle },
        world,
        record,
        controlToken,
        port: 0,
      });
      parts.push(part);
      return { name: `source ${index}`, url: part.url, address: addressOf(privateKey), topic: flightTopic };
    }),
  );
  sourceUrls = sources.map(({ url }) => url);
  const weather = await startWeatherService({ world, record, port: 0 });
  parts.push(weather);
  const ports = await freePorts(5);
  const peers = keys.reporters.map((key, index) => ({
    index,
    address: addressOf(key),
    url: `http://127.0.0.1:${ports[index]}`,
  }));
  for (const [index, privateKey] of keys.reporters.entries()) {
    parts.push(
      await startReporter({
        index,
        privateKey,
        port: ports[index]!,
        stateDir: join(folder, `reporter-${index}`),
        rpcUrl: chain.url,
        chainId,
        addresses,
        peers,
        sources,
        weatherUrl: weather.url,
        world,
        record,
        modelBlobs: [],
        log: (line) => lines.push(`${Date.now() / 1000} reporter ${index}: ${line}`),
      }),
    );
  }
  parts.push(
    await startKeeper({
      privateKey: keys.keeper,
      rpcUrl: chain.url,
      chainId,
      addresses,
      log: (line) => lines.push(`${Date.now() / 1000} keeper: ${line}`),
    }),
  );
  const gateway = await startGateway({
    port: 0,
    rpcUrl: chain.url,
    config: { chainId, addresses, modelId },
    reporters: peers,
    sources,
    runFile: join(folder, 'run.json'),
    model,
  });
  parts.push(gateway);
  gatewayUrl = gateway.url;
});
afterAll(async () => {
  for (const part of parts.toReversed()) await part.stop();
  await chain?.stop();
  if (process.exitCode) console.log(lines.join('\n'));
});

// biome-ignore lint/suspicious/noExplicitAny: the body is what the test looks at
async function call(path: string, body?: unknown): Promise<any> {
  const response = await fetch(`${gatewayUrl}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return response.json();
}

test('cover bought on a flight that turns out late is paid by itself, with one source lying', async () => {
  const { addresses } = deployment;
  const client = createPublicClient({ transport: http(chain.url), cacheTime: 0 });
  const account = privateKeyToAccount(keys.developmentAccount);
  const sender = createSender(client, { account, rpcUrl: chain.url, chainId, timeoutMs: 20_000 });
  await fetch(`${sourceUrls[1]}/v1/mode`, {
    method: 'POST',
    headers: { 'x-lichen-control': controlToken },
    body: '{"mode":"lie"}',
  });
  // The first report opens sales.
  await expect
    .poll(async () => (await call('/v1/rounds')).rounds.length, { timeout: 60_000 })
    .toBeGreaterThan(0);

  const erc20 = (functionName: 'faucet' | 'approve', args: readonly unknown[]) =>
    encodeFunctionData({ abi: playDollarAbi, functionName, args: args as never });
  await sender.send([
    { to: addresses.playDollar, data: erc20('faucet', [10_000_000_000n]), gas: 200_000n },
    { to: addresses.playDollar, data: erc20('approve', [addresses.coverPool, maxUint256]), gas: 200_000n },
    { to: addresses.playDollar, data: erc20('approve', [addresses.flightCover, maxUint256]), gas: 200_000n },
  ]);

  const now = Math.floor(Date.now() / 1000);
  const { flights } = (await call(`/v1/departures?from=${now + 12}&to=${now + 36}&limit=500`)) as {
    flights: WorldFlight[];
  };
  const late = flights
    .filter((flight) => record.outcomeAt(flight.row).result === 'late')
    .sort((a, b) => a.arrivesAt - b.arrivesAt);
  expect(late.length).toBeGreaterThan(0);
  let bought: { policy: Hex; flight: WorldFlight } | undefined;
  const tried: unknown[] = [];
  for (const flight of late.slice(0, 6)) {
    const signed = await call('/v1/features', { flightId: flight.flightId });
    tried.push(signed.error ?? signed.report?.features);
    if (signed.error !== undefined) continue;
    const buy = encodeFunctionData({
      abi: flightCoverAbi,
      functionName: 'buy',
      args: [signed.report, BigInt(signed.reporters), signed.signatures, 100_000_000n, 100_000_000n, 7n],
    });
    const gas = await client
      .estimateGas({ account: account.address, to: addresses.flightCover, data: buy })
      .catch((error: unknown) => {
        tried.push(String(error).slice(0, 300));
        return undefined;
      });
    if (gas === undefined) continue;
    const [receipt] = await sender.send([{ to: addresses.flightCover, data: buy, gas: gas * 2n }]);
    const [event] = parseEventLogs({
      abi: flightCoverAbi,
      eventName: 'PolicyBought',
      logs: receipt?.logs ?? [],
    });
    if (event === undefined) continue;
    bought = { policy: event.args.id, flight };
    break;
  }
  expect(bought, JSON.stringify(tried)).toBeDefined();
  const { policy, flight } = bought!;
  const stateOf = async () =>
    (
      await client.readContract({
        address: addresses.flightCover,
        abi: flightCoverAbi,
        functionName: 'policyOf',
        args: [policy],
      })
    ).state;
  await expect.poll(stateOf, { timeout: 120_000, interval: 300 }).toBe(2);
  const certain = Math.min(
    flight.arrivesAt + 3_600 / speed,
    chainEpoch + (record.outcomeAt(flight.row).knownAt - world.recordedEpoch) / speed,
  );
  const logs = await client.getContractEvents({
    address: addresses.flightCover,
    abi: flightCoverAbi,
    eventName: 'PolicyPaid',
    fromBlock: 0n,
  });
  const paidAt = Number((await client.getBlock({ blockNumber: logs[0]!.blockNumber })).timestamp);
  console.log(`from certainty in the world to money: ${(paidAt - certain).toFixed(1)} s`);
  const { rounds } = await call('/v1/rounds?limit=50');
  const round = rounds.find((item: { leaves: unknown[] }) => item.leaves.length > 0);
  expect(round.leaves[0].subject).toBe(flight.flightId);
  expect(round.chain.signers.length).toBeGreaterThanOrEqual(4);
  expect(round.reporters[0].observations[0].statements.length).toBeGreaterThanOrEqual(2);
});
