import { type ChildProcess, spawn } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import {
  type AnswerLeaf,
  encodeFlight,
  type FlightFeatures,
  flightFeaturesDigest,
  flightTopic,
  LichenError,
  leafHashOf,
  packSignatures,
  type Report,
  reportDigest,
  type WorldFlight,
} from '@lichen/protocol';
import {
  createTestClient,
  encodeFunctionData,
  type Hex,
  hexToBytes,
  http,
  keccak256,
  toHex,
  zeroHash,
} from 'viem';
import { mnemonicToAccount, privateKeyToAccount } from 'viem/accounts';
import { deployLichen } from '../../node/src/deploy/deployLichen.ts';
import { startGateway } from '../../node/src/gateway/gateway.ts';
import { startSources, testKey, testVerifier, testWorld } from '../../node/src/world/world.fixture.ts';
import { readConfig } from '../src/client/config.ts';
import { connectLichen, type LichenClient } from '../src/client/createLichenClient.ts';
import { sendTransaction } from '../src/client/sendTransaction.ts';
import { oracleAbi } from '../src/index.ts';

const repository = fileURLToPath(new URL('../../..', import.meta.url));
const modelFolder = `${repository}applications/flight-cover/data/model`;
const platform = `${process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}`;
const anvil = `${repository}node_modules/@foundry-rs/anvil-${platform}/bin/anvil`;

/** Anvil's accounts: 0 deploys and is the steward, 1 buys, 2 has ether and no pUSD. */
export const accountAt = (index: number) =>
  mnemonicToAccount('test test test test test test test test test test test junk', { addressIndex: index });

const reporterKeys = [0, 1, 2, 3, 4]
  .map((index) => ({ privateKey: testKey(index), account: privateKeyToAccount(testKey(index)) }))
  .sort((a, b) => (a.account.address.toLowerCase() < b.account.address.toLowerCase() ? -1 : 1));

async function startAnvil(): Promise<{ process: ChildProcess; rpcUrl: string }> {
  const child = spawn(
    anvil,
    ['--hardfork', 'osaka', '--port', '0', '--chain-id', String(testVerifier.chainId), '--no-cors'].concat([
      '--timestamp',
      String(testWorld.chainEpoch),
    ]),
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const port = await new Promise<string>((resolve, reject) => {
    let said = '';
    child.stdout.on('data', (part: Buffer) => {
      said += part.toString();
      const match = /Listening on 127\.0\.0\.1:(\d+)/.exec(said);
      if (match !== null) resolve(match[1]!);
    });
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`anvil ended: ${said.slice(-300)}`)));
  });
  return { process: child, rpcUrl: `http://127.0.0.1:${port}` };
}

/** Five HTTP servers that sign what the test lets them see: the reporters' interface as the gateway calls it. */
async function startSigners(
  sign: (index: number, flightId: Hex, observedAt: number) => Promise<unknown>,
): Promise<{ urls: string[]; stop: () => void }> {
  const servers: Server[] = [];
  const urls: string[] = [];
  for (const index of reporterKeys.keys()) {
    const server = createServer((request, response) => {
      let text = '';
      request.on('data', (chunk) => {
        text += chunk;
      });
      request.on('end', async () => {
        const body = JSON.parse(text || '{}') as { flightId: Hex; observedAt: number; input: Hex };
        const answer =
          request.url === '/v1/inputs'
            ? { inputHash: keccak256(body.input) }
            : await sign(index, body.flightId, body.observedAt).catch((error: unknown) => error);
        response.writeHead(answer instanceof LichenError ? 404 : 200);
        response.end(JSON.stringify(answer));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    servers.push(server);
    urls.push(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  }
  return {
    urls,
    stop: () => {
      for (const server of servers) server.close();
    },
  };
}

export type LocalChain = Awaited<ReturnType<typeof startLocalChain>>;

/** A real anvil with the real contracts, real sources and a real gateway; the test itself acts as the reporters. */
export async function startLocalChain(artifactsDir: string) {
  const chain = await startAnvil();
  const test = createTestClient({ mode: 'anvil', transport: http(chain.rpcUrl) });
  const started = Date.now() / 1_000;
  // Time travel moves the sources along with the chain.
  let jumped = 0;
  const clock = () => testWorld.chainEpoch + Date.now() / 1_000 - started + jumped;
  const sources = await startSources(clock);
  let features: Hex = '0x00000000000000000000000000000000';
  let flights: readonly WorldFlight[] = [];
  const signers = await startSigners(async (index, flightId, observedAt) => {
    const flight = flights.find((candidate) => candidate.flightId === flightId);
    if (flight === undefined) throw new LichenError('unknown-flight', 'No such flight.');
    const report: FlightFeatures = {
      ...encodeFlight(flight),
      features,
      observedAt,
      day: Number(flight.recordedLocal.slice(0, 10).replaceAll('-', '')),
      cell: 7,
    };
    const hash = flightFeaturesDigest(
      { chainId: testVerifier.chainId, address: addresses.flightCover },
      report,
    );
    return { report, signature: await reporterKeys[index]!.account.sign({ hash }) };
  });
  const files = {
    blobFile: `${modelFolder}/flight-delay.model.bin`,
    manifestFile: `${modelFolder}/manifest.json`,
    cardFile: `${modelFolder}/card.json`,
  };
  const { addresses, modelId } = await deployLichen({
    rpcUrl: chain.rpcUrl,
    chainId: testVerifier.chainId,
    deployerKey: toHex(accountAt(0).getHdKey().privateKey!),
    artifactsDir,
    speed: testWorld.speed,
    model: files,
    reporters: reporterKeys.map(({ privateKey }, index) => ({ privateKey, endpoint: signers.urls[index]! })),
    sources: sources.endpoints.map(({ name, address }) => ({ name, address, topic: flightTopic })),
    funded: reporterKeys.map(({ account }) => account.address),
  });
  const peers = reporterKeys.map(({ account }, index) => ({
    index,
    address: account.address,
    url: signers.urls[index]!,
  }));
  const config = readConfig({
    name: 'test',
    label: 'replay of recorded days',
    chainId: testVerifier.chainId,
    rpcPath: '/rpc',
    addresses,
    modelId,
    world: testWorld,
    reporters: peers,
    sources: sources.endpoints.map((source) => ({ ...source, topic: flightTopic })),
    weatherUrl: 'http://127.0.0.1:1',
    startedAt: testWorld.chainEpoch,
  });
  const gateway = await startGateway({
    port: 0,
    rpcUrl: chain.rpcUrl,
    config,
    reporters: peers,
    sources: sources.endpoints,
    runFile: `${modelFolder}/no-run-file.json`,
    model: files,
    clock,
  });
  const clientOf = (index: number): LichenClient =>
    connectLichen({ gatewayUrl: gateway.url, config, account: accountAt(index) });
  const steward = clientOf(0);

  async function signReport(report: Report, indices: readonly number[]): Promise<Map<number, Hex>> {
    const configDigest = await steward.chain.readContract({
      address: addresses.oracle,
      abi: oracleAbi,
      functionName: 'configDigest',
    });
    const hash = reportDigest({ chainId: config.chainId, address: addresses.oracle }, configDigest, report);
    const signed = new Map<number, Hex>();
    for (const index of indices) signed.set(index, await reporterKeys[index]!.account.sign({ hash }));
    return signed;
  }

  let round = 0;
  /** Submits a round signed by reporters 0 to 3; of one leaf, or a heartbeat. */
  async function report(leaf?: AnswerLeaf): Promise<Report> {
    const now = Number((await steward.chain.getBlock()).timestamp);
    round = Math.max(round + 1, Math.floor(now / 2));
    const root = leaf === undefined ? zeroHash : leafHashOf(leaf);
    const made: Report = { round, observedFrom: now - 1, observedTo: now, root, dataDigest: keccak256(root) };
    const { bitmap, signatures } = packSignatures(await signReport(made, [0, 1, 2, 3]));
    const data = encodeFunctionData({
      abi: oracleAbi,
      functionName: 'submit',
      args: [made, bitmap, signatures],
    });
    await sendTransaction(steward, { to: addresses.oracle, data });
    return made;
  }

  return {
    clientOf,
    steward,
    sources,
    report,
    signReport,
    /** What the reporters will sign next, and for which flights. */
    show: (next: readonly WorldFlight[], bytes: Hex) => {
      hexToBytes(bytes);
      flights = next;
      features = bytes;
    },
    /** Moves chain and sources forward, seconds. */
    async travel(seconds: number): Promise<void> {
      jumped += seconds;
      await test.increaseTime({ seconds });
      await test.mine({ blocks: 1 });
    },
    async stop(): Promise<void> {
      await gateway.stop();
      await sources.stop();
      signers.stop();
      const ended = new Promise((resolve) => chain.process.once('exit', resolve));
      chain.process.kill('SIGKILL');
      await ended;
    },
  };
}
