import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { embeddedTerms, startAccounts } from '@lichen/node';
import { modelIdOf } from '@lichen/protocol';
import { createLichenClient, type LichenClient } from '@lichen/sdk';
import { parseEther } from 'viem';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { foundry } from 'viem/chains';
import { deployCover, shippedBlob } from '../support/coverOnDevChain.ts';
import { artifactsFolder, type DevChain, freePort, root } from '../support/devChain.ts';
import { deployOracle } from '../support/lichenOnDevChain.ts';
import { type ProductProcess, startProductProcess } from '../support/productProcess.ts';

export interface AccountNetwork {
  readonly client: LichenClient;
  stop(): Promise<void>;
}

/** Milliseconds that the bundler is told lie between blocks. The chain makes one for each transaction, at once. */
const blockIntervalMs = 100;

/**
 * The part of a network that accounts need, in front of an instant-mining chain: bundler, sponsor and gateway, each the
 * product's own process. No reporters and no keeper: nothing here asks the oracle.
 */
export async function startAccountNetwork(chain: DevChain): Promise<AccountNetwork> {
  const oracle = await deployOracle(chain, 4);
  const cover = await deployCover(chain, oracle, 10_000_000_000n);
  const [deployerKey, bundlerKey, sponsorKey] = [
    generatePrivateKey(),
    generatePrivateKey(),
    generatePrivateKey(),
  ];
  for (const key of [deployerKey, bundlerKey]) {
    await chain.fund(privateKeyToAccount(key).address, parseEther('10000'));
  }
  const stateFolder = mkdtempSync(join(tmpdir(), 'lichen-bench-'));
  const launched: Promise<ProductProcess>[] = [];
  const launch = (_name: string, role: string, message: object) => {
    const starting = startProductProcess(role, { ...message, blockIntervalMs });
    launched.unshift(starting);
    return starting;
  };
  const stop = async () => {
    // Also what has not become ready yet; what failed to has ended already.
    for (const starting of launched) await (await starting.catch(() => undefined))?.stop();
    rmSync(stateFolder, { recursive: true, force: true });
  };
  try {
    const accounts = await startAccounts({
      stateFolder,
      rpcUrl: chain.url,
      chainId: foundry.id,
      artifactsDir: artifactsFolder(),
      terms: embeddedTerms,
      deployerKey,
      payerKey: bundlerKey,
      bundlerKey,
      sponsorKey,
      bundlerPort: await freePort(),
      sponsorPort: await freePort(),
      launch,
    });
    const modelFolder = join(root, 'applications/flight-cover/data/model');
    const config = {
      name: 'benchmark',
      label: 'benchmark',
      chainId: foundry.id,
      rpcPath: '/rpc',
      addresses: {
        playDollar: oracle.token,
        modelRegistry: oracle.models,
        reporterSet: oracle.set,
        oracle: oracle.oracle,
        flightCover: cover.cover,
        coverPool: cover.pool,
        ...accounts.addresses,
      },
      accounts: accounts.config,
      modelId: modelIdOf(shippedBlob()),
      world: { recordedEpoch: 0, chainEpoch: 0, speed: 1, recordedFrom: 0, recordedTo: 0 },
      reporters: [],
      sources: [],
      weatherUrl: '',
      startedAt: await chain.now(),
    };
    const gateway = await launch('gateway', 'gateway', {
      port: 0,
      rpcUrl: chain.url,
      config,
      reporters: [],
      sources: [],
      weatherUrl: '',
      runFile: join(stateFolder, 'run.json'),
      model: {
        blobFile: join(modelFolder, 'flight-delay.model.bin'),
        manifestFile: join(modelFolder, 'manifest.json'),
      },
      accounts: { bundlerUrl: accounts.bundlerUrl, sponsorUrl: accounts.sponsorUrl },
    });
    await accounts.ready;
    return { client: await createLichenClient({ gatewayUrl: gateway.url! }), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
