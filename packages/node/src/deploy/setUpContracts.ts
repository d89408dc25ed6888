import { LichenError } from '@lichen/protocol';
import {
  coverPoolAbi,
  type LichenAddresses,
  modelRegistryAbi,
  oracleAbi,
  playDollarAbi,
  reporterSetAbi,
} from '@lichen/sdk';
import { encodeFunctionData, type Hex, type PublicClient, parseEther } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import type { DeployInit } from './deployLichen.ts';
import { createSender, type PlannedTransaction, type Sender } from './sender.ts';

/** pUSD base units. */
const dollar = 1_000_000n;
const faucetLimit = 10_000n * dollar;
const poolSeed = 100_000n * dollar;
/** What each reporter bonds, pUSD base units. */
export const reporterBond = 1_000n * dollar;
const gasMoney = parseEther('0.05');

/** The model that prices are made with, as the registry takes it. */
export interface DeployedModel {
  readonly blob: Hex;
  readonly modelId: Hex;
  readonly manifestHash: Hex;
}

/** Gives the accounts that lack it money for gas. */
export async function fundGas(chain: PublicClient, deployer: Sender, init: DeployInit): Promise<void> {
  const poor: PlannedTransaction[] = [];
  for (const address of init.funded) {
    const balance = await chain.getBalance({ address });
    if (balance >= gasMoney / 2n) continue;
    poor.push({
      what: `giving gas money to ${address}`,
      to: address,
      value: gasMoney - balance,
      gas: 21_000n,
    });
  }
  await deployer.sendAll(poor);
}

/** Oracle bound, model registered, sources known, pool seeded: everything that the deployer does, in as few blocks as can be. */
export async function setUpByDeployer(
  chain: PublicClient,
  deployer: Sender,
  init: DeployInit,
  addresses: LichenAddresses,
  model: DeployedModel,
): Promise<void> {
  const { playDollar, reporterSet, modelRegistry, oracle, coverPool } = addresses;
  const steps: PlannedTransaction[] = [];

  const bindOracle = encodeFunctionData({ abi: reporterSetAbi, functionName: 'bindOracle', args: [oracle] });
  // It works exactly once; that the oracle really follows the set is checked at the end.
  const isBound = await chain.call({ account: deployer.address, to: reporterSet, data: bindOracle }).then(
    () => false,
    () => true,
  );
  if (!isBound) steps.push({ what: 'binding the oracle', to: reporterSet, data: bindOracle });
  const program = await chain.readContract({
    address: modelRegistry,
    abi: modelRegistryAbi,
    functionName: 'programOf',
    args: [model.modelId],
  });
  if (BigInt(program) === 0n) {
    const data = encodeFunctionData({
      abi: modelRegistryAbi,
      functionName: 'register',
      args: [model.blob, model.manifestHash],
    });
    steps.push({ what: 'registering the model', to: modelRegistry, data });
  }
  for (const { address, topic, name } of init.sources) {
    const args = [address, topic] as const;
    if (
      await chain.readContract({ address: reporterSet, abi: reporterSetAbi, functionName: 'isSource', args })
    )
      continue;
    const data = encodeFunctionData({
      abi: reporterSetAbi,
      functionName: 'proposeSource',
      args: [address, topic, name],
    });
    steps.push({ what: `registering the source ${name}`, to: reporterSet, data, gas: 400_000n });
  }
  const held = await chain.readContract({
    address: coverPool,
    abi: coverPoolAbi,
    functionName: 'totalSupply',
  });
  if (held === 0n) {
    const faucet = encodeFunctionData({ abi: playDollarAbi, functionName: 'faucet', args: [faucetLimit] });
    for (let given = 0n; given < poolSeed; given += faucetLimit) {
      steps.push({ what: 'taking play money', to: playDollar, data: faucet, gas: 100_000n });
    }
    const approve = encodeFunctionData({
      abi: playDollarAbi,
      functionName: 'approve',
      args: [coverPool, poolSeed],
    });
    steps.push({ what: 'letting the pool take play money', to: playDollar, data: approve, gas: 100_000n });
    const deposit = encodeFunctionData({
      abi: coverPoolAbi,
      functionName: 'deposit',
      args: [poolSeed, deployer.address],
    });
    steps.push({ what: 'seeding the pool', to: coverPool, data: deposit, gas: 400_000n });
  }
  await deployer.sendAll(steps);
}

/** Bonds one reporter, unless it has bonded before or a set is in force. */
export async function bondReporter(
  chain: PublicClient,
  init: DeployInit,
  { playDollar, reporterSet }: LichenAddresses,
  { privateKey, endpoint }: DeployInit['reporters'][number],
): Promise<void> {
  const reporter = createSender(chain, init.rpcUrl, privateKey);
  const args = [reporter.address] as const;
  const bonded = await chain.readContract({
    address: reporterSet,
    abi: reporterSetAbi,
    functionName: 'bondOf',
    args,
  });
  const inForce = await chain.readContract({
    address: reporterSet,
    abi: reporterSetAbi,
    functionName: 'epoch',
  });
  // Once there is a set, a missing bond means that it was slashed or left: that is not ours to mend.
  if (bonded > 0n || inForce > 0) return;
  const { sendAll } = reporter;
  const faucet = encodeFunctionData({ abi: playDollarAbi, functionName: 'faucet', args: [faucetLimit] });
  const approve = encodeFunctionData({
    abi: playDollarAbi,
    functionName: 'approve',
    args: [reporterSet, reporterBond],
  });
  const bond = encodeFunctionData({
    abi: reporterSetAbi,
    functionName: 'bond',
    args: [reporterBond, endpoint],
  });
  await sendAll([
    { what: `taking play money for ${endpoint}`, to: playDollar, data: faucet, gas: 100_000n },
    { what: `letting the set take the bond of ${endpoint}`, to: playDollar, data: approve, gas: 100_000n },
    { what: `bonding ${endpoint}`, to: reporterSet, data: bond, gas: 400_000n },
  ]);
}

/** Puts the bonded reporters in force, unless a set is. @throws LichenError `internal` when the oracle does not follow. */
export async function proposeSet(
  chain: PublicClient,
  deployer: Sender,
  init: DeployInit,
  { reporterSet, oracle }: LichenAddresses,
): Promise<void> {
  const inForce = await chain.readContract({
    address: reporterSet,
    abi: reporterSetAbi,
    functionName: 'epoch',
  });
  if (inForce === 0) {
    const members = init.reporters.map(({ privateKey }) => privateKeyToAccount(privateKey).address);
    const data = encodeFunctionData({ abi: reporterSetAbi, functionName: 'propose', args: [members] });
    await deployer.sendAll([{ what: 'putting the reporters in force', to: reporterSet, data }]);
  }
  const digest = await chain.readContract({ address: oracle, abi: oracleAbi, functionName: 'configDigest' });
  if (BigInt(digest) === 0n) {
    throw new LichenError('internal', 'The oracle does not follow the reporter set.', {
      got: `no set in force at ${oracle}`,
      retry: 'never',
    });
  }
}
