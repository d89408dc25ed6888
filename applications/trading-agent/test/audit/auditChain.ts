// A bare anvil of our own with the contracts of accounts, the anchor and play money: each transaction is a block.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { embeddedTerms, startAccounts } from '@lichen/node';
import { accountAddressOf, softwarePasskey, type Terms } from '@lichen/protocol';
import {
  type AccountClient,
  accountClientOf,
  accountFactoryAbi,
  connectLichen,
  type LichenClient,
  type LichenConfig,
  mandateExecutorAbi,
  playDollarAbi,
  sendTransaction,
} from '@lichen/sdk';
import {
  type Abi,
  type Address,
  createTestClient,
  createWalletClient,
  encodeFunctionData,
  type Hex,
  http,
  parseEther,
  toFunctionSelector,
  zeroAddress,
  zeroHash,
} from 'viem';
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts';

const root = join(import.meta.dirname, '../../../..');
const artifactsDir = join(root, 'packages/contracts/out');
const chainId = 31_977;
export const shop: Address = '0x00000000000000000000000000000000000050fe';
export const random32 = (): Hex => `0x${randomBytes(32).toString('hex')}`;

/** An agent with a key of its own, and an account that gave it a mandate. */
export interface AuditedAgent {
  readonly key: Hex;
  readonly agent: PrivateKeyAccount;
  readonly client: LichenClient;
  readonly account: Address;
  readonly terms: Terms;
  /** The account in the hands of its owner. */
  readonly owner: AccountClient;
}

export interface AuditChain {
  readonly url: string;
  readonly chainId: number;
  /** Its wallet is a bystander with money. */
  readonly client: LichenClient;
  readonly anchor: Address;
  newAgent(change?: Partial<Terms>): Promise<AuditedAgent>;
  clientOf(key: Hex): LichenClient;
  /** Moves the chain's clock, seconds. */
  warp(seconds: number): Promise<void>;
  mine(blocks: number): Promise<void>;
  stop(): Promise<void>;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

function artifact(name: string): { abi: Abi; bytecode: Hex } {
  const text = readFileSync(join(artifactsDir, `${name}.sol/${name}.json`), 'utf8');
  const { abi, bytecode } = JSON.parse(text) as { abi: Abi; bytecode: { object: Hex } };
  return { abi, bytecode: bytecode.object };
}

/** Starts it on a free port; `keptStates` states of old blocks are kept, all when absent. */
export async function startAuditChain(keptStates?: number): Promise<AuditChain> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const binary = ['linux-amd64', 'linux-arm64', 'darwin-arm64']
    .map((platform) => join(root, `node_modules/@foundry-rs/anvil-${platform}/bin/anvil`))
    .find(existsSync);
  if (binary === undefined) throw new Error('anvil is not installed');
  const args = ['--hardfork', 'osaka', '--port', String(port), '--silent', '--accounts', '0'];
  const anvil = spawn(
    binary,
    [
      ...args,
      '--chain-id',
      String(chainId),
      ...(keptStates === undefined ? [] : ['--prune-history', String(keptStates)]),
    ],
    { stdio: 'ignore' },
  );
  const exited = new Promise<void>((resolve) => anvil.once('exit', () => resolve()));
  const stop = async () => {
    anvil.kill('SIGKILL');
    await exited;
  };
  const test = createTestClient({ mode: 'anvil', transport: http(url) });
  try {
    for (let tries = 0; ; tries += 1) {
      const isUp = await test.request({ method: 'eth_chainId' } as never).then(
        () => true,
        () => false,
      );
      if (isUp) break;
      if (tries > 200) throw new Error('anvil does not answer');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return await deploy(url, test, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function deploy(
  url: string,
  test: ReturnType<typeof createTestClient>,
  stop: () => Promise<void>,
): Promise<AuditChain> {
  const payerKey = generatePrivateKey();
  const payer = privateKeyToAccount(payerKey);
  const give = (address: Address) => test.setBalance({ address, value: parseEther('10000') });
  await give(payer.address);
  const { config: accounts, addresses } = await startAccounts({
    stateFolder: '',
    rpcUrl: url,
    chainId,
    artifactsDir,
    terms: embeddedTerms,
    deployerKey: payerKey,
    payerKey,
    bundlerKey: payerKey,
    sponsorKey: generatePrivateKey(),
    bundlerPort: 0,
    sponsorPort: 0,
    launch: async () => undefined,
  });
  const nothing = {
    name: 'audit',
    label: 'test',
    live: [],
    chainId,
    rpcPath: '/',
    journals: [],
    modelId: zeroHash,
    world: { recordedEpoch: 0, chainEpoch: 0, speed: 1, recordedFrom: 0, recordedTo: 0 },
    reporters: [],
    sources: [],
    weatherUrl: '',
    startedAt: 0,
  };
  const blank = {
    ...nothing,
    addresses: {
      playDollar: zeroAddress,
      modelRegistry: zeroAddress,
      reporterSet: zeroAddress,
      oracle: zeroAddress,
      flightCover: zeroAddress,
      coverPool: zeroAddress,
    },
  } as unknown as LichenConfig;
  const first = connectLichen({ gatewayUrl: url, config: blank, rpcUrl: url, account: payer });
  const wallet = createWalletClient({ account: payer, chain: first.chain.chain, transport: http(url) });
  async function put(name: string): Promise<Address> {
    const { abi, bytecode } = artifact(name);
    const hash = await wallet.deployContract({ abi, bytecode, args: [] });
    return (await first.chain.waitForTransactionReceipt({ hash, pollingInterval: 20 })).contractAddress!;
  }
  const playDollar = await put('PlayDollar');
  const anchor = await put('Anchor');
  const config = {
    ...blank,
    addresses: { ...blank.addresses, ...addresses, playDollar, anchor },
    accounts,
  } as LichenConfig;
  const clientOf = (key: Hex) => {
    const client = connectLichen({
      gatewayUrl: url,
      config,
      rpcUrl: url,
      account: privateKeyToAccount(key),
    });
    // Blocks come at once here.
    client.chain.pollingInterval = 20;
    return client;
  };
  const client = clientOf(payerKey);

  async function newAgent(change: Partial<Terms> = {}): Promise<AuditedAgent> {
    const key = generatePrivateKey();
    const agent = privateKeyToAccount(key);
    await give(agent.address);
    const { timestamp } = await client.chain.getBlock();
    const terms: Terms = {
      agent: agent.address,
      asset: playDollar,
      validFrom: 0,
      validUntil: Number(timestamp) + 864_000,
      period: 86_400,
      maxPerPeriod: 1_000_000n,
      maxCalls: 255,
      permissions: [
        {
          target: playDollar,
          selector: toFunctionSelector('transfer(address,uint256)'),
          amountArg: 1,
          pulls: false,
          maxAmount: 100_000n,
          pins: [],
        },
      ],
      salt: random32(),
      ...change,
    };
    const signer = softwarePasskey(random32(), 'localhost', 'http://localhost');
    const toExecutor = (callData: Hex) => ({ target: accounts.mandateExecutor, value: 0n, callData });
    const births = [
      {
        target: playDollar,
        value: 0n,
        callData: encodeFunctionData({ abi: playDollarAbi, functionName: 'faucet', args: [5_000_000n] }),
      },
      toExecutor(
        encodeFunctionData({
          abi: mandateExecutorAbi,
          functionName: 'setBudget',
          args: [playDollar, 2_000_000n, 86_400],
        }),
      ),
      toExecutor(
        encodeFunctionData({ abi: mandateExecutorAbi, functionName: 'grant', args: [terms, 'audited'] }),
      ),
    ];
    const salt = random32();
    const account = accountAddressOf(accounts, signer.passkey, salt, births);
    await sendTransaction(client, {
      to: accounts.factory,
      data: encodeFunctionData({
        abi: accountFactoryAbi,
        functionName: 'createAccount',
        args: [signer.passkey, salt, { lookup: zeroHash, mac: zeroHash }, births],
      }),
    });
    const owner = accountClientOf(client, { address: account, signer });
    return { key, agent, client: clientOf(key), account, terms, owner };
  }

  return {
    url,
    chainId,
    client,
    anchor,
    newAgent,
    clientOf,
    warp: async (seconds) => {
      await test.increaseTime({ seconds });
      await test.mine({ blocks: 1 });
    },
    mine: (blocks) => test.mine({ blocks }),
    stop,
  };
}
