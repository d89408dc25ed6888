import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import {
  type Abi,
  type Account,
  type Address,
  type Chain,
  createPublicClient,
  createTestClient,
  createWalletClient,
  type Hex,
  http,
  type PublicClient,
  type TransactionReceipt,
  type Transport,
  type WalletClient,
} from 'viem';
import { mnemonicToAccount, type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts';
import { foundry } from 'viem/chains';

export const root = join(import.meta.dirname, '../../..');

/** anvil's well-known mnemonic: keys of a chain that lives for the length of a benchmark. */
const mnemonic = 'test test test test test test test test test test test junk';

/** ABI and creation code. */
export interface DeployableCode {
  readonly abi: Abi;
  readonly bytecode: Hex;
}

export interface DevChain {
  readonly url: string;
  readonly chain: PublicClient;
  readonly owner: Address;
  /** Deploys forge's artifact of that name and returns its address. */
  deploy(name: string, args: readonly unknown[]): Promise<Address>;
  /** Sends one call from `from` (the owner when absent), requires success, and returns the receipt. */
  send(
    name: string,
    address: Address,
    functionName: string,
    args: readonly unknown[],
    from?: PrivateKeyAccount,
  ): Promise<TransactionReceipt>;
  /** Deploys code that is not of this house. */
  deployCode(what: string, code: DeployableCode, args: readonly unknown[]): Promise<Address>;
  /** Sends one transaction from `from` (the owner when absent), requires success, and returns the receipt. */
  transact(
    what: string,
    to: Address,
    data: Hex,
    from?: PrivateKeyAccount,
    value?: bigint,
  ): Promise<TransactionReceipt>;
  /** The owner's wallet, for libraries that want one. */
  readonly wallet: WalletClient<Transport, Chain, Account>;
  read<T>(name: string, address: Address, functionName: string, args?: readonly unknown[]): Promise<T>;
  now(): Promise<number>;
  warp(seconds: number): Promise<void>;
  /** Gives an address wei: 100 ether when nothing is said. */
  fund(address: Address, wei?: bigint): Promise<void>;
  stop(): void;
}

/** A port of the loopback address that nobody uses at this moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

/** Forge's output; LICHEN_BENCH_OUT names another folder of it, to measure contracts that are being worked on. */
export function artifactsFolder(): string {
  return process.env.LICHEN_BENCH_OUT ?? join(root, 'packages/contracts/out');
}

/** Forge's artifact: ABI and creation code. Run `npm run setup` first. */
export function artifactOf(name: string): DeployableCode {
  const path = join(artifactsFolder(), `${name}.sol/${name}.json`);
  const { abi, bytecode } = JSON.parse(readFileSync(path, 'utf8')) as { abi: Abi; bytecode: { object: Hex } };
  return { abi, bytecode: bytecode.object };
}

/** Starts an instant-mining anvil under osaka rules on a free port. End it with `stop`. */
export async function startDevChain(): Promise<DevChain> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const anvil = spawn(
    join(root, 'node_modules/.bin/anvil'),
    ['--hardfork', 'osaka', '--port', String(port), '--silent', '--accounts', '1', '--prune-history'],
    { stdio: 'ignore' },
  );
  const owner = mnemonicToAccount(mnemonic);
  const transport = http(url, { timeout: 60_000 });
  const chain = createPublicClient({ chain: foundry, transport, cacheTime: 0, pollingInterval: 10 });
  const test = createTestClient({ chain: foundry, mode: 'anvil', transport });
  for (let tries = 0; ; tries++) {
    try {
      await chain.getChainId();
      break;
    } catch (error) {
      if (tries > 100) throw error;
      await setTimeout(50);
    }
  }
  const walletOf = (account: PrivateKeyAccount | typeof owner) =>
    createWalletClient({ account, chain: foundry, transport });
  const settled = async (what: string, hash: Hex): Promise<TransactionReceipt> => {
    const receipt = await chain.waitForTransactionReceipt({ hash });
    if (receipt.status !== 'success') throw new Error(`${what} was reverted (${hash}).`);
    return receipt;
  };
  const deployCode: DevChain['deployCode'] = async (what, { abi, bytecode }, args) => {
    const hash = await walletOf(owner).deployContract({ abi, bytecode, args });
    return (await settled(`Deploying ${what}`, hash)).contractAddress!;
  };
  return {
    url,
    chain: chain as PublicClient,
    owner: owner.address,
    wallet: walletOf(owner),
    deployCode,
    deploy: (name, args) => deployCode(name, artifactOf(name), args),
    async transact(what, to, data, from, value = 0n) {
      const account = from ?? owner;
      await chain.call({ account, to, data, value });
      return settled(what, await walletOf(account).sendTransaction({ to, data, value }));
    },
    async send(name, address, functionName, args, from) {
      const { request } = await chain.simulateContract({
        account: from ?? owner,
        address,
        abi: artifactOf(name).abi,
        functionName,
        args,
      });
      return settled(
        `${name}.${functionName}`,
        await walletOf(from ?? owner).writeContract(request as never),
      );
    },
    read: <T>(name: string, address: Address, functionName: string, args: readonly unknown[] = []) =>
      chain.readContract({ address, abi: artifactOf(name).abi, functionName, args }) as Promise<T>,
    now: async () => Number((await chain.getBlock()).timestamp),
    async warp(seconds) {
      await test.increaseTime({ seconds });
      await test.mine({ blocks: 1 });
    },
    fund: (address, wei = 10n ** 20n) => test.setBalance({ address, value: wei }),
    stop: () => anvil.kill('SIGKILL'),
  };
}

/** The n-th deterministic account of a benchmark; has no money before `fund`. */
export function accountOf(index: number): PrivateKeyAccount {
  return privateKeyToAccount(`0x${(index + 1).toString(16).padStart(64, '0')}`);
}
