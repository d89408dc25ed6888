import { LichenError } from '@lichen/protocol';
import { type Address, createWalletClient, formatEther, type Hex, http, type PublicClient } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';

/** A transaction to be sent, with a name for the error it may end in. */
export interface PlannedTransaction {
  /** What it does, as a phrase: `bonding reporter 2`. */
  readonly what: string;
  readonly to: Address;
  readonly data?: Hex;
  readonly value?: bigint;
  /** Gas limit. Given, so that transactions which build on one another can share a block; estimated when absent. */
  readonly gas?: bigint;
}

export interface Sender {
  readonly address: Address;
  /**
   * Sends transactions in order without waiting in between, then waits for all of them.
   * @throws LichenError `transaction-failed` naming the first that failed.
   */
  sendAll(planned: readonly PlannedTransaction[]): Promise<void>;
}

/** Sends transactions of one key, each with the next nonce. */
export function createSender(chain: PublicClient, rpcUrl: string, privateKey: Hex): Sender {
  const account = privateKeyToAccount(privateKey);
  const wallet = createWalletClient({ account, transport: http(rpcUrl) });

  return {
    address: account.address,
    async sendAll(planned) {
      if (planned.length === 0) return;
      let nonce = await chain.getTransactionCount({ address: account.address, blockTag: 'pending' });
      const chainId = await chain.getChainId();
      const fees = await chain.estimateFeesPerGas();
      const sent: { what: string; hash: Hex }[] = [];
      for (const { what, to, data, value, gas } of planned) {
        const request = {
          to,
          nonce: nonce++,
          maxFeePerGas: fees.maxFeePerGas * 2n,
          maxPriorityFeePerGas: fees.maxPriorityFeePerGas,
          ...(data === undefined ? {} : { data }),
          ...(value === undefined ? {} : { value }),
        };
        try {
          const limit = gas ?? ((await chain.estimateGas({ account, ...request })) * 12n) / 10n;
          const serialized = await account.signTransaction({
            chainId,
            type: 'eip1559',
            gas: limit,
            ...request,
          });
          sent.push({ what, hash: await wallet.sendRawTransaction({ serializedTransaction: serialized }) });
        } catch (error) {
          if (error instanceof Error && /insufficient funds/i.test(error.message)) {
            throw await tooPoor(chain, account.address, what, error);
          }
          throw failed(what, error instanceof Error ? error.message.split('\n')[0]! : String(error), error);
        }
      }
      const receipts = await Promise.all(
        sent.map(({ hash }) =>
          chain.waitForTransactionReceipt({ hash, pollingInterval: 200, timeout: 120_000 }),
        ),
      );
      receipts.forEach((receipt, index) => {
        if (receipt.status !== 'success')
          throw failed(sent[index]!.what, `transaction ${receipt.transactionHash} was reverted`);
      });
    },
  };
}

async function tooPoor(
  chain: PublicClient,
  address: Address,
  what: string,
  cause: Error,
): Promise<LichenError> {
  const held = await chain.getBalance({ address }).catch(() => undefined);
  return new LichenError('too-little-money', `Setting up the contracts needs more ether, at: ${what}.`, {
    got: `${held === undefined ? 'too little' : formatEther(held)} ether at ${address}`,
    next: `Send ether of this chain to ${address}, then run the same command again: it goes on from here.`,
    retry: 'after-fix',
    cause,
  });
}

function failed(what: string, got: string, cause?: unknown): LichenError {
  return new LichenError('transaction-failed', `Setting up the contracts failed at: ${what}.`, {
    got,
    next: 'Run the same command again: what is there already is left as it is.',
    retry: 'later',
    cause,
  });
}
