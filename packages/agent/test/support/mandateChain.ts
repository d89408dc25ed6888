// A bare anvil with the contracts of accounts and play money, and accounts with mandates for agents.
import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { accountAddressOf, type Execution, softwarePasskey, type Terms } from '@lichen/protocol';
import {
  accountFactoryAbi,
  connectLichen,
  type LichenClient,
  type LichenConfig,
  mandateExecutorAbi,
  playDollarAbi,
} from '@lichen/sdk';
import {
  type Address,
  createPublicClient,
  encodeFunctionData,
  type Hex,
  http,
  numberToHex,
  type PublicClient,
  parseEther,
  toFunctionSelector,
  zeroAddress,
  zeroHash,
} from 'viem';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { deployPlayDollar } from '../../../node/src/accounts/accountsNetwork.fixture.ts';
import { type AnvilProcess, startAnvil } from '../../../node/src/chain/anvilProcess.ts';
import { anvilBinary } from '../../../node/src/chain/testSupport.fixture.ts';
import { deployAccounts } from '../../../node/src/deploy/deployAccounts.ts';
import { deployEntryPoint } from '../../../node/src/deploy/deployEntryPoint.ts';
import { createSender } from '../../../node/src/deploy/sender.ts';

const chainId = 31_990;
const artifactsDir = join(import.meta.dirname, '../../../contracts/out');
export const shop: Address = '0x00000000000000000000000000000000000050fe';

/** All that an agent's process needs to know, as JSON. */
export interface AgentPlace {
  readonly rpcUrl: string;
  readonly config: LichenConfig;
  readonly agentKey: Hex;
  readonly account: Address;
  /** Amounts as text. */
  readonly terms: string;
}

export interface MandateChain {
  readonly anvil: AnvilProcess;
  readonly rpcUrl: string;
  readonly config: LichenConfig;
  readonly chain: PublicClient;
  /** A client whose wallet is this key. */
  clientOf(key: Hex): LichenClient;
  /** An account with play money, and an agent that may transfer it. */
  newAgent(change?: Partial<Terms>): Promise<AgentPlace & { readonly mandate: Terms }>;
  /** Blocks come when `mine` is called, or with each transaction. */
  automine(on: boolean): Promise<void>;
  mine(): Promise<void>;
  stop(): Promise<void>;
}

export const termsToText = (terms: Terms): string =>
  JSON.stringify(terms, (_, value) => (typeof value === 'bigint' ? `${value}n` : value));

export const termsFromText = (text: string): Terms =>
  JSON.parse(text, (_, value) =>
    typeof value === 'string' && /^\d+n$/.test(value) ? BigInt(value.slice(0, -1)) : value,
  );

export const sha256Hex = (bytes: Uint8Array | string): string =>
  createHash('sha256').update(bytes).digest('hex');

export async function startMandateChain(): Promise<MandateChain> {
  const genesisTimestamp = Math.floor(Date.now() / 1000) - 1;
  const anvil = await startAnvil({ binary: anvilBinary, chainId, genesisTimestamp });
  const { upstream } = anvil;
  const rpcUrl = `http://${anvil.host}:${anvil.port}`;
  await upstream.demand('evm_setAutomine', true);
  const payerKey = generatePrivateKey();
  const payer = privateKeyToAccount(payerKey).address;
  const give = (address: Address, ether: string) =>
    upstream.demand('anvil_setBalance', address, numberToHex(parseEther(ether)));
  await give(payer, '100000');
  const chain = createPublicClient({
    transport: http(rpcUrl),
    cacheTime: 0,
    pollingInterval: 20,
  }) as PublicClient;
  const playDollar = await deployPlayDollar(rpcUrl, payerKey);
  await deployEntryPoint(rpcUrl, payerKey);
  const contracts = await deployAccounts({
    rpcUrl,
    artifactsDir,
    payerKey,
    owner: payer,
    signer: payer,
    minRecoveryDelay: 60,
    sponsorDeposit: 0n,
    factoryStake: 0n,
  });
  const accounts = {
    entryPoint: contracts.entryPoint,
    factory: contracts.accountFactory,
    implementation: contracts.passkeyAccount,
    mandateExecutor: contracts.mandateExecutor,
    mandateValidator: contracts.mandateValidator,
    guardianRecovery: contracts.guardianRecovery,
    sponsor: contracts.sponsor,
    bundlerPath: '/bundler',
    paymasterPath: '/paymaster',
  };
  const config: LichenConfig = {
    name: 'test',
    label: 'test',
    live: [],
    chainId,
    rpcPath: '/',
    addresses: {
      playDollar,
      modelRegistry: zeroAddress,
      reporterSet: zeroAddress,
      oracle: zeroAddress,
      flightCover: zeroAddress,
      coverPool: zeroAddress,
      mandateExecutor: accounts.mandateExecutor,
    },
    accounts,
    journals: [],
    modelId: zeroHash,
    world: { recordedEpoch: 0, chainEpoch: 0, speed: 1, recordedFrom: 0, recordedTo: 0 },
    reporters: [],
    sources: [],
    weatherUrl: '',
    startedAt: 0,
  } as unknown as LichenConfig;
  const sender = createSender(chain, rpcUrl, payerKey);
  const clientOf = (key: Hex) =>
    connectLichen({ gatewayUrl: rpcUrl, config, rpcUrl, account: privateKeyToAccount(key) });

  async function newAgent(change: Partial<Terms> = {}) {
    const agentKey = generatePrivateKey();
    const agent = privateKeyToAccount(agentKey).address;
    await give(agent, '100');
    const { timestamp } = await chain.getBlock();
    const mandate: Terms = {
      agent,
      asset: playDollar,
      validFrom: 0,
      validUntil: Number(timestamp) + 86_400,
      period: 86_400,
      maxPerPeriod: 9_000_000_000n,
      maxCalls: 255,
      permissions: [
        {
          target: playDollar,
          selector: toFunctionSelector('transfer(address,uint256)'),
          amountArg: 1,
          pulls: false,
          maxAmount: 1_000_000n,
          pins: [],
        },
      ],
      salt: `0x${randomBytes(32).toString('hex')}`,
      ...change,
    };
    // Born with money, a budget and the mandate: an account commits to its birth calls, so anybody may bring it to life.
    const { passkey } = softwarePasskey(
      `0x${randomBytes(31).toString('hex').padStart(64, '0')}`,
      'localhost',
      'http://localhost',
    );
    const toExecutor = (callData: Hex): Execution => ({
      target: accounts.mandateExecutor,
      value: 0n,
      callData,
    });
    const births: Execution[] = [
      {
        target: playDollar,
        value: 0n,
        callData: encodeFunctionData({
          abi: playDollarAbi,
          functionName: 'faucet',
          args: [9_000_000_000n],
        }),
      },
      toExecutor(
        encodeFunctionData({
          abi: mandateExecutorAbi,
          functionName: 'setBudget',
          args: [playDollar, 9_000_000_000n, 86_400],
        }),
      ),
      toExecutor(
        encodeFunctionData({ abi: mandateExecutorAbi, functionName: 'grant', args: [mandate, 'test'] }),
      ),
    ];
    const account = accountAddressOf(accounts, passkey, zeroHash, births);
    const data = encodeFunctionData({
      abi: accountFactoryAbi,
      functionName: 'createAccount',
      args: [passkey, zeroHash, { lookup: zeroHash, mac: zeroHash }, births],
    });
    await sender.sendAll([{ what: 'creating an account', to: accounts.factory, data, gas: 1_000_000n }]);
    return { rpcUrl, config, agentKey, account, terms: termsToText(mandate), mandate };
  }

  return {
    anvil,
    rpcUrl,
    config,
    chain,
    clientOf,
    newAgent,
    automine: async (on) => {
      await upstream.demand('evm_setAutomine', on);
    },
    mine: async () => {
      await upstream.demand('evm_mine');
    },
    stop: () => anvil.kill(),
  };
}
