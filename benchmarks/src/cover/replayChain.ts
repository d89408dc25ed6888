import { type Address, encodeFunctionData, type Hex, type Log, numberToHex } from 'viem';
import { artifactOf, type DevChain } from '../support/devChain.ts';

export interface Sender {
  readonly address: Address;
  nonce: number;
}

export interface Call {
  readonly sender: Sender;
  readonly to: Address;
  readonly data: Hex;
  readonly gas: number;
}

export interface MinedCall {
  readonly succeeded: boolean;
  readonly gasUsed: number;
  readonly logs: readonly Pick<Log, 'address' | 'topics' | 'data'>[];
}

/** A chain whose blocks and clock the benchmark makes itself. */
export interface ReplayChain {
  /** An account whose transactions the chain takes without a signature. */
  unlock(address: Address): Promise<Sender>;
  /** One block at that second with the calls, each sender's in order; their receipts in the order of the calls. */
  mine(timestamp: number, calls: readonly Call[]): Promise<MinedCall[]>;
  /** What the calls return in the newest state, without a transaction. */
  look(calls: readonly Call[]): Promise<Hex[]>;
}

interface Receipt {
  readonly transactionHash: Hex;
  readonly status: Hex;
  readonly gasUsed: Hex;
  readonly logs: MinedCall['logs'];
}

const gasPrice = numberToHex(2_000_000_000);
/** Requests in one HTTP body. */
const batchSize = 100;

/** Takes block making into our own hands on a running chain. */
export async function takeOverBlocks(url: string): Promise<ReplayChain> {
  const one = async <Result>(method: string, params: readonly unknown[]): Promise<Result> =>
    (await request<Result>(url, [{ method, params }]))[0]!;
  await one('evm_setAutomine', [false]);
  await one('evm_setBlockGasLimit', [numberToHex(300_000_000)]);
  return {
    async unlock(address) {
      await one('anvil_impersonateAccount', [address]);
      await one('anvil_setBalance', [address, numberToHex(10n ** 24n)]);
      return { address, nonce: Number(await one<Hex>('eth_getTransactionCount', [address, 'latest'])) };
    },
    async mine(timestamp, calls) {
      const hashes: Hex[] = [];
      for (let from = 0; from < calls.length; from += batchSize) {
        const part = calls.slice(from, from + batchSize).map(({ sender, to, data, gas }) => {
          const nonce = numberToHex(sender.nonce++);
          return {
            method: 'eth_sendTransaction',
            params: [{ from: sender.address, to, data, gas: numberToHex(gas), gasPrice, nonce }],
          };
        });
        hashes.push(...(await request<Hex>(url, part)));
      }
      // One after the other: anvil works on the calls of a batch side by side.
      await one('evm_setNextBlockTimestamp', [timestamp]);
      await one('evm_mine', []);
      const receipts = await one<Receipt[]>('eth_getBlockReceipts', ['latest']);
      const byHash = new Map(receipts.map((receipt) => [receipt.transactionHash, receipt]));
      return hashes.map((hash) => {
        const receipt = byHash.get(hash);
        if (receipt === undefined) throw new Error(`The block at ${timestamp} lacks ${hash}.`);
        return {
          succeeded: receipt.status === '0x1',
          gasUsed: Number(receipt.gasUsed),
          logs: receipt.logs,
        };
      });
    },
    async look(calls) {
      const results: Hex[] = [];
      for (let from = 0; from < calls.length; from += batchSize) {
        const part = calls.slice(from, from + batchSize).map(({ to, data }) => ({
          method: 'eth_call',
          params: [{ to, data }, 'latest'],
        }));
        results.push(...(await request<Hex>(url, part)));
      }
      return results;
    },
  };
}

/** A call of a deployed contract by the name of its artifact. */
export function callOf(
  sender: Sender,
  name: string,
  to: Address,
  functionName: string,
  args: readonly unknown[],
  gas: number,
): Call {
  return { sender, to, data: encodeFunctionData({ abi: abiOf(name), functionName, args }), gas };
}

const abis = new Map<string, ReturnType<typeof artifactOf>['abi']>();

/** The contract's ABI, read once. */
export function abiOf(name: string): ReturnType<typeof artifactOf>['abi'] {
  const abi = abis.get(name) ?? artifactOf(name).abi;
  abis.set(name, abi);
  return abi;
}

/** Why a call fails against the state of now: the chain's own words. */
export async function reasonOf(chain: DevChain, { sender, to, data }: Call): Promise<string> {
  try {
    await chain.chain.call({ account: sender.address, to, data });
    return 'it would succeed now';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function request<Result>(
  url: string,
  calls: readonly { readonly method: string; readonly params: readonly unknown[] }[],
): Promise<Result[]> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(calls.map((call, id) => ({ jsonrpc: '2.0', id, ...call }))),
  });
  const answers = (await response.json()) as { id: number; result?: Result; error?: { message: string } }[];
  const results: Result[] = [];
  for (const { id, result, error } of answers) {
    if (error !== undefined) throw new Error(`${calls[id]!.method}: ${error.message}`);
    results[id] = result as Result;
  }
  return results;
}
