import { existsSync, readFileSync } from 'node:fs';
import { LichenError, modelIdOf } from '@lichen/protocol';
import { flightCoverAbi, type LichenAddresses } from '@lichen/sdk';
import { type Address, createPublicClient, type Hex, http, keccak256, type PublicClient } from 'viem';
import type { ModelFiles } from '../network/roles.ts';
import { initCodeOf, readArtifact } from './artifacts.ts';
import { deployMissing, deploymentProxy, hasCode, type PlannedContract, planContract } from './create2.ts';
import { coverConfig, oracleArguments, reporterSetArguments } from './parameters.ts';
import { createSender } from './sender.ts';
import {
  bondReporter,
  type DeployedModel,
  fundGas,
  proposeSet,
  reporterBond,
  setUpByDeployer,
} from './setUpContracts.ts';

export interface DeployInit {
  readonly rpcUrl: string;
  /** Chain id that the server must have. */
  readonly chainId: number;
  /** Pays for everything and is the steward of the reporter set. */
  readonly deployerKey: Hex;
  /** Folder of forge's output. */
  readonly artifactsDir: string;
  /** Recorded seconds per chain second: scales the windows of the cover. */
  readonly speed: number;
  readonly model: ModelFiles;
  /** In ascending order of address. */
  readonly reporters: readonly { readonly privateKey: Hex; readonly endpoint: string }[];
  readonly sources: readonly { readonly name: string; readonly address: Address; readonly topic: Hex }[];
  /** Accounts that the deployer gives gas money where they lack it. Empty on the embedded chain. */
  readonly funded: readonly Address[];
}

export interface Deployment {
  readonly chainId: number;
  readonly addresses: LichenAddresses;
  readonly modelId: Hex;
}

function plan(init: DeployInit, name: string, gas: bigint, args: readonly unknown[]): PlannedContract {
  return planContract(name, gas, initCodeOf(readArtifact(init.artifactsDir, name), args));
}

/**
 * The newest block of a chain, after a look whether it answers, is the one that is meant, and can take contracts at our
 * addresses. Sends nothing.
 * @throws LichenError `chain-unreachable`, `wrong-chain`, `not-found`
 */
export async function checkChain(init: Pick<DeployInit, 'rpcUrl' | 'chainId'>): Promise<number> {
  const chain = createPublicClient({ transport: http(init.rpcUrl) }) as PublicClient;
  let got: number;
  try {
    got = await chain.getChainId();
  } catch (error) {
    throw new LichenError('chain-unreachable', `No chain answers at ${new URL(init.rpcUrl).origin}.`, {
      got: error instanceof Error ? error.message.split('\n')[0]! : String(error),
      next: 'Check the address and that the chain is running.',
      retry: 'later',
      cause: error,
    });
  }
  if (got !== init.chainId) {
    throw new LichenError('wrong-chain', 'The chain at that address is another one.', {
      got: `chain id ${got}`,
      expected: `chain id ${init.chainId}`,
      next: 'Correct --rpc or --chain-id.',
      retry: 'after-fix',
    });
  }
  if (!(await hasCode(chain, deploymentProxy))) {
    throw new LichenError('not-found', 'The chain lacks the deterministic deployment proxy.', {
      got: `no code at ${deploymentProxy}`,
      next: 'Deploy it once as described at https://github.com/Arachnid/deterministic-deployment-proxy.',
      retry: 'after-fix',
    });
  }
  return Number(await chain.getBlockNumber());
}

function readModel(files: ModelFiles): DeployedModel {
  if (!existsSync(files.blobFile) || !existsSync(files.manifestFile)) {
    throw new LichenError('not-found', 'The model files are missing.', {
      got: files.blobFile,
      retry: 'after-fix',
    });
  }
  const blob = new Uint8Array(readFileSync(files.blobFile));
  return {
    blob: `0x${Buffer.from(blob).toString('hex')}`,
    modelId: modelIdOf(blob),
    manifestHash: keccak256(new Uint8Array(readFileSync(files.manifestFile))),
  };
}

/**
 * Puts the contracts on a chain and sets them up: model, bonded reporters and their set, sources, seeded pool. What is
 * there already is left as it is, so it can be repeated after any interruption and ends in the same addresses.
 *
 * @throws LichenError `wrong-chain`, `chain-unreachable`, `not-found`, `transaction-failed`
 */
export async function deployLichen(init: DeployInit): Promise<Deployment> {
  const chain = createPublicClient({ transport: http(init.rpcUrl) }) as PublicClient;
  await checkChain(init);
  const model = readModel(init.model);
  const deployer = createSender(chain, init.rpcUrl, init.deployerKey);

  const playDollar = plan(init, 'PlayDollar', 4_000_000n, []);
  const modelRegistry = plan(init, 'ModelRegistry', 8_000_000n, []);
  const reporterSet = plan(
    init,
    'ReporterSet',
    9_000_000n,
    reporterSetArguments({ token: playDollar.address, steward: deployer.address, minBond: reporterBond }),
  );
  const oracle = plan(
    init,
    'Oracle',
    9_000_000n,
    oracleArguments({
      token: playDollar.address,
      reporterSet: reporterSet.address,
      modelRegistry: modelRegistry.address,
    }),
  );
  const flightCover = plan(init, 'FlightCover', 14_000_000n, [
    coverConfig({
      asset: playDollar.address,
      oracle: oracle.address,
      verifier: reporterSet.address,
      models: modelRegistry.address,
      modelId: model.modelId,
      speed: init.speed,
    }),
  ]);

  const anchor = plan(init, 'Anchor', 1_000_000n, []);

  // By gas limit, ascending: where one no longer fits into a block, none behind it may fit, or anvil takes it out of turn,
  // finds its nonce too high and drops it for good.
  await deployMissing(chain, deployer, [anchor, playDollar, modelRegistry, reporterSet, oracle, flightCover]);
  const coverPool = await chain.readContract({
    address: flightCover.address,
    abi: flightCoverAbi,
    functionName: 'pool',
  });
  const addresses: LichenAddresses = {
    playDollar: playDollar.address,
    modelRegistry: modelRegistry.address,
    reporterSet: reporterSet.address,
    oracle: oracle.address,
    flightCover: flightCover.address,
    coverPool,
    anchor: anchor.address,
  };

  await fundGas(chain, deployer, init);
  await Promise.all([
    setUpByDeployer(chain, deployer, init, addresses, model),
    ...init.reporters.map((reporter) => bondReporter(chain, init, addresses, reporter)),
  ]);
  await proposeSet(chain, deployer, init, addresses);
  return { chainId: init.chainId, addresses, modelId: model.modelId };
}
