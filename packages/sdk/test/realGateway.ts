import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { flightTopic } from '@lichen/protocol';
import type { Hex } from 'viem';
import { startGateway } from '../../node/src/gateway/gateway.ts';
import {
  settableClock,
  startSources,
  testCover,
  testVerifier,
  testWorld,
} from '../../node/src/world/world.fixture.ts';
import { readConfig } from '../src/client/config.ts';
import { connectLichen, type LichenClient } from '../src/client/createLichenClient.ts';

const modelFolder = fileURLToPath(new URL('../../../applications/flight-cover/data/model', import.meta.url));
const unused = '0x00000000000000000000000000000000000000ff';

export interface RealGateway {
  readonly client: LichenClient;
  readonly clock: ReturnType<typeof settableClock>;
  readonly sources: Awaited<ReturnType<typeof startSources>>;
  stop(): Promise<unknown>;
}

/** A real gateway before three real sources that replay the shipped record; no chain and no reporters behind it. */
export async function startRealGateway(): Promise<RealGateway> {
  const clock = settableClock(testWorld.chainEpoch);
  const sources = await startSources(clock);
  const manifest = JSON.parse(readFileSync(`${modelFolder}/manifest.json`, 'utf8')) as { modelId: Hex };
  const config = readConfig({
    name: 'test',
    label: 'replay of recorded days',
    chainId: testVerifier.chainId,
    rpcPath: '/rpc',
    addresses: {
      playDollar: unused,
      modelRegistry: unused,
      reporterSet: unused,
      oracle: testVerifier.address,
      flightCover: testCover.address,
      coverPool: unused,
    },
    modelId: manifest.modelId,
    world: testWorld,
    reporters: [],
    sources: sources.endpoints.map((source) => ({ ...source, topic: flightTopic })),
    weatherUrl: 'http://127.0.0.1:1',
    startedAt: testWorld.chainEpoch,
  });
  const gateway = await startGateway({
    port: 0,
    rpcUrl: 'http://127.0.0.1:1',
    config,
    reporters: [],
    sources: sources.endpoints,
    runFile: `${modelFolder}/no-run-file.json`,
    model: {
      blobFile: `${modelFolder}/flight-delay.model.bin`,
      manifestFile: `${modelFolder}/manifest.json`,
      cardFile: `${modelFolder}/card.json`,
    },
    clock,
  });
  return {
    client: connectLichen({ gatewayUrl: gateway.url, config }),
    clock,
    sources,
    stop: () => Promise.all([gateway.stop(), sources.stop()]),
  };
}
