import { join } from 'node:path';
import type { AccountsConfig } from '@lichen/sdk';
import { createPublicClient, type Hex, http, type PublicClient, parseEther } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { type AccountsAddresses, deployAccounts } from '../deploy/deployAccounts.ts';
import { deployEntryPoint } from '../deploy/deployEntryPoint.ts';
import { createSender } from '../deploy/sender.ts';
import { hiddenLoopback } from '../http/hiddenLoopback.ts';
import type { RoleMessages } from '../network/roles.ts';
import type { QuotaLimits } from './sponsorQuota.ts';

/** What differs between a chain where money is play and one where it is not. */
export interface AccountsTerms {
  /** Wei. */
  readonly sponsorDeposit: bigint;
  /** Wei that factory and sponsor each stake, so that public bundlers take them (ERC-7562). */
  readonly stake: bigint;
  /** Wei that the bundler has at hand, for bundles that are paid back by the operations in them. */
  readonly bundlerFloat: bigint;
  readonly quota: QuotaLimits;
  /** Shortest delay of a recovery that an account may choose, seconds. */
  readonly minRecoveryDelay: number;
}

/** The embedded network: a drill of recovery should not take a day. */
export const embeddedTerms: AccountsTerms = {
  sponsorDeposit: parseEther('100'),
  stake: parseEther('1'),
  bundlerFloat: parseEther('200'),
  quota: { perAccount: 200, perDay: 20_000 },
  minRecoveryDelay: 60,
};

export const externalTerms: AccountsTerms = {
  sponsorDeposit: parseEther('0.05'),
  stake: parseEther('0.01'),
  bundlerFloat: parseEther('0.05'),
  quota: { perAccount: 20, perDay: 200 },
  minRecoveryDelay: 86_400,
};

export interface AccountsInit {
  readonly stateFolder: string;
  readonly rpcUrl: string;
  readonly chainId: number;
  readonly artifactsDir: string;
  readonly terms: AccountsTerms;
  readonly deployerKey: Hex;
  /** Pays for the contracts: on the embedded chain the bundler, so that it can go on beside the deployer. */
  readonly payerKey: Hex;
  readonly bundlerKey: Hex;
  readonly sponsorKey: Hex;
  readonly bundlerPort: number;
  readonly sponsorPort: number;
  readonly launch: <Role extends 'bundler' | 'sponsor'>(
    name: string,
    role: Role,
    message: RoleMessages[Role],
  ) => Promise<unknown>;
}

export interface Accounts {
  readonly addresses: AccountsAddresses;
  /** What `/config.json` says of them. */
  readonly config: AccountsConfig;
  readonly bundlerUrl: string;
  readonly sponsorUrl: string;
  /** Resolves when bundler and sponsor answer. @throws LichenError what they throw */
  readonly ready: Promise<unknown>;
}

/**
 * Gives the bundler what it needs to begin, from the deployer. The first start of the embedded chain has given it already.
 * @throws LichenError `transaction-failed`
 */
export async function fundBundler(init: AccountsInit): Promise<void> {
  const chain = createPublicClient({ transport: http(init.rpcUrl) }) as PublicClient;
  const { address } = privateKeyToAccount(init.bundlerKey);
  const balance = await chain.getBalance({ address });
  const { bundlerFloat } = init.terms;
  if (balance >= bundlerFloat / 2n) return;
  await createSender(chain, init.rpcUrl, init.deployerKey).sendAll([
    { what: 'giving the bundler gas money', to: address, value: bundlerFloat - balance, gas: 21_000n },
  ]);
}

/**
 * Puts the contracts of the accounts on the chain and lets bundler and sponsor start, which `ready` waits for. The bundler,
 * which takes seconds, begins as soon as the EntryPoint is there.
 *
 * @throws LichenError `transaction-failed`, `not-found`
 */
export async function startAccounts(init: AccountsInit): Promise<Accounts> {
  const { rpcUrl, chainId, terms, launch } = init;
  const simulations = await deployEntryPoint(rpcUrl, init.payerKey);
  const host = hiddenLoopback();
  const bundling = launch('bundler', 'bundler', {
    rpcUrl,
    host,
    port: init.bundlerPort,
    executorKey: init.bundlerKey,
    simulations,
  });
  // Whoever waits for `ready` hears of it; until then a failure must not end the process.
  bundling.catch(() => {});

  const addresses = await deployAccounts({
    rpcUrl,
    artifactsDir: init.artifactsDir,
    payerKey: init.payerKey,
    owner: privateKeyToAccount(init.deployerKey).address,
    signer: privateKeyToAccount(init.sponsorKey).address,
    minRecoveryDelay: terms.minRecoveryDelay,
    sponsorDeposit: terms.sponsorDeposit,
    factoryStake: terms.stake,
  });
  const sponsoring = launch('sponsor', 'sponsor', {
    port: init.sponsorPort,
    rpcUrl,
    chainId,
    signerKey: init.sponsorKey,
    sponsor: addresses.sponsor,
    factory: addresses.accountFactory,
    folder: join(init.stateFolder, 'sponsor'),
    quota: terms.quota,
  });
  const ready = Promise.all([bundling, sponsoring]);
  ready.catch(() => {});
  return {
    addresses,
    config: {
      entryPoint: addresses.entryPoint,
      factory: addresses.accountFactory,
      implementation: addresses.passkeyAccount,
      mandateExecutor: addresses.mandateExecutor,
      mandateValidator: addresses.mandateValidator,
      guardianRecovery: addresses.guardianRecovery,
      sponsor: addresses.sponsor,
      bundlerPath: '/bundler',
      paymasterPath: '/paymaster',
    },
    bundlerUrl: `http://${host}:${init.bundlerPort}`,
    sponsorUrl: `http://127.0.0.1:${init.sponsorPort}`,
    ready,
  };
}
