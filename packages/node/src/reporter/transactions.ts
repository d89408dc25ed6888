import { LichenError } from '@lichen/protocol';
import {
  type Address,
  createWalletClient,
  defineChain,
  type Hex,
  http,
  type PublicClient,
  parseGwei,
  type TransactionReceipt,
} from 'viem';
import type { PrivateKeyAccount } from 'viem/accounts';

export interface Call {
  readonly to: Address;
  readonly data: Hex;
  /** Gas limit: given, since a call that builds on the one before it cannot be estimated yet. */
  readonly gas: bigint;
}

/** Sends transactions of one account, one batch at a time. */
export interface Sender {
  /**
   * Sends the calls with consecutive nonces, so that they run in this order, in one block where it has room, and waits for
   * their receipts. A call that reverts is a receipt with status `reverted`, not an error.
   * @throws LichenError `chain-unreachable` or `timeout`; whether the calls ran is then for the caller to look up
   */
  send(calls: readonly Call[]): Promise<TransactionReceipt[]>;
}

/** Creates the sender of an account. `timeoutMs` covers one batch. */
export function createSender(
  client: PublicClient,
  init: {
    readonly account: PrivateKeyAccount;
    readonly rpcUrl: string;
    readonly chainId: number;
    readonly timeoutMs?: number;
  },
): Sender {
  const chain = defineChain({
    id: init.chainId,
    name: 'Lichen',
    nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
    rpcUrls: { default: { http: [init.rpcUrl] } },
  });
  const wallet = createWalletClient({
    account: init.account,
    chain,
    transport: http(init.rpcUrl, { timeout: 4_000, retryCount: 0 }),
  });
  const timeout = init.timeoutMs ?? 8_000;
  let turn: Promise<unknown> = Promise.resolve();

  async function sendNow(calls: readonly Call[]): Promise<TransactionReceipt[]> {
    try {
      const [count, block] = await Promise.all([
        client.getTransactionCount({ address: init.account.address, blockTag: 'pending' }),
        client.getBlock({ blockTag: 'latest' }),
      ]);
      const maxPriorityFeePerGas = parseGwei('0.01');
      const maxFeePerGas = (block.baseFeePerGas ?? 0n) * 2n + maxPriorityFeePerGas;
      const hashes: Hex[] = [];
      for (const [offset, call] of calls.entries()) {
        const nonce = count + offset;
        hashes.push(await wallet.sendTransaction({ ...call, nonce, maxFeePerGas, maxPriorityFeePerGas }));
      }
      return await Promise.all(
        hashes.map((hash) => client.waitForTransactionReceipt({ hash, timeout, pollingInterval: 150 })),
      );
    } catch (error) {
      throw new LichenError('chain-unreachable', 'The chain did not take the transactions in time.', {
        got: error instanceof Error ? error.message.split('\n')[0]! : String(error),
        next: 'Nothing to do: the state on the chain is read again before another attempt.',
        retry: 'later',
        cause: error,
      });
    }
  }

  return {
    send: (calls) => {
      // Two batches at once would take the same nonces.
      const result = turn.then(() => sendNow(calls));
      turn = result.catch(() => undefined);
      return result;
    },
  };
}
