// A chain with the contracts of the accounts and play money, for tests.
import { join } from 'node:path';
import {
  type Address,
  createPublicClient,
  type Hex,
  http,
  numberToHex,
  type PublicClient,
  parseEther,
} from 'viem';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { startAnvil } from '../chain/anvilProcess.ts';
import { type Chain, startChain } from '../chain/startChain.ts';
import { anvilBinary, temporaryFolder } from '../chain/testSupport.fixture.ts';
import { initCodeOf, readArtifact } from '../deploy/artifacts.ts';
import { deployMissing, planContract } from '../deploy/create2.ts';
import { deployAccounts, stakeSponsor } from '../deploy/deployAccounts.ts';
import { deployEntryPoint } from '../deploy/deployEntryPoint.ts';
import { createSender } from '../deploy/sender.ts';
import type { Place } from './operations.fixture.ts';
import { startSponsor } from './startSponsor.ts';

export const artifactsDir = join(import.meta.dirname, '../../../contracts/out');

export interface TestChain {
  readonly chain: Chain;
  readonly rpcUrl: string;
  readonly chainId: number;
  readonly folder: string;
  readonly playDollar: Address;
  /** Keys with money for gas. */
  readonly deployerKey: Hex;
  readonly payerKey: Hex;
}

export const addressOf = (key: Hex): Address => privateKeyToAccount(key).address;

export async function startTestChain(chainId: number): Promise<TestChain> {
  const folder = temporaryFolder();
  const [deployerKey, payerKey] = [generatePrivateKey(), generatePrivateKey()];
  const chain = await startChain({
    folder: join(folder, 'chain'),
    anvilBinary,
    chainId,
    blockIntervalMs: 250,
    genesisBalances: [deployerKey, payerKey].map((key) => ({ address: addressOf(key), wei: 10n ** 22n })),
  });
  const playDollar = await deployPlayDollar(chain.url, deployerKey);
  return { chain, rpcUrl: chain.url, chainId, folder, playDollar, deployerKey, payerKey };
}

/** Everything on a bare anvil that mines each transaction at once, for tests that need its own methods or other rules. */
export async function startBareChain(chainId: number, hardfork: 'osaka' | 'prague' = 'osaka') {
  const anvil = await startAnvil({
    binary: anvilBinary,
    chainId,
    genesisTimestamp: Math.floor(Date.now() / 1000) - 1,
    hardfork,
  });
  await anvil.upstream.demand('evm_setAutomine', true);
  const [payerKey, signerKey] = [generatePrivateKey(), generatePrivateKey()];
  await anvil.upstream.demand('anvil_setBalance', addressOf(payerKey), numberToHex(parseEther('10000')));
  const rpcUrl = `http://${anvil.host}:${anvil.port}`;
  const playDollar = await deployPlayDollar(rpcUrl, payerKey);
  const simulations = await deployEntryPoint(rpcUrl, payerKey);
  const accounts = await deployAccounts({
    rpcUrl,
    artifactsDir,
    payerKey,
    owner: addressOf(payerKey),
    signer: addressOf(signerKey),
    minRecoveryDelay: 60,
    sponsorDeposit: parseEther('10'),
    factoryStake: parseEther('1'),
  });
  await stakeSponsor(rpcUrl, payerKey, accounts.sponsor, parseEther('1'));
  const sponsor = await startSponsor({
    port: 0,
    rpcUrl,
    chainId,
    signerKey,
    sponsor: accounts.sponsor,
    factory: accounts.accountFactory,
    folder: temporaryFolder(),
    quota: { perAccount: 100, perDay: 100 },
  });
  const place: Place = {
    rpcUrl,
    chainId,
    addresses: { ...accounts, playDollar },
    bundlerUrl: '',
    sponsorUrl: sponsor.url,
  };
  return {
    anvil,
    place,
    payerKey,
    simulations,
    async stop() {
      await sponsor.stop();
      await anvil.kill();
    },
  };
}

export async function deployPlayDollar(rpcUrl: string, payerKey: Hex): Promise<Address> {
  const client = createPublicClient({ transport: http(rpcUrl) }) as PublicClient;
  const plan = planContract(
    'PlayDollar',
    4_000_000n,
    initCodeOf(readArtifact(artifactsDir, 'PlayDollar'), []),
  );
  await deployMissing(client, createSender(client, rpcUrl, payerKey), [plan]);
  return plan.address;
}

/** Sends one transaction and tells how it ended, without judging. */
export async function sendFrom(
  rpcUrl: string,
  privateKey: Hex,
  transaction: { readonly to: Address; readonly data?: Hex; readonly value?: bigint },
): Promise<{ readonly status: 'success' | 'reverted'; readonly gasUsed: bigint }> {
  const client = createPublicClient({ transport: http(rpcUrl), cacheTime: 0 });
  const account = privateKeyToAccount(privateKey);
  const fees = await client.estimateFeesPerGas();
  const serializedTransaction = await account.signTransaction({
    ...transaction,
    ...fees,
    type: 'eip1559',
    chainId: await client.getChainId(),
    nonce: await client.getTransactionCount({ address: account.address, blockTag: 'pending' }),
    gas: 3_000_000n,
  });
  const hash = await client.sendRawTransaction({ serializedTransaction });
  return client.waitForTransactionReceipt({ hash, pollingInterval: 50, timeout: 60_000 });
}
