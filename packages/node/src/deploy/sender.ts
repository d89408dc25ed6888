import { setTimeout as sleep } from 'node:timers/promises';
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
      const sent: SentTransaction[] = [];
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
          const hash = await wallet.sendRawTransaction({ serializedTransaction: serialized });
          sent.push({ what, hash, serialized });
        } catch (error) {
          if (error instanceof Error && /insufficient funds/i.test(error.message)) {
            throw await tooPoor(chain, account.address, what, error);
          }
          throw failed(what, error instanceof Error ? error.message.split('\n')[0]! : String(error), error);
        }
      }
      await waitForAll(chain, sent);
    },
  };
}

interface SentTransaction {
  readonly what: string;
  readonly hash: Hex;
  readonly serialized: Hex;
}

const waitMs = 120_000;
/** Polls of 200 ms after which what is still missing is sent again. */
const pollsBetweenSending = 15;

/** Waits for receipts, and sends again what a node has dropped: one that does not fit a block is not always kept. */
async function waitForAll(chain: PublicClient, sent: readonly SentTransaction[]): Promise<void> {
  const deadline = Date.now() + waitMs;
  let missing = sent;
  for (let polls = 1; missing.length > 0; polls += 1) {
    const receipts = await Promise.all(
      missing.map(({ hash }) => chain.getTransactionReceipt({ hash }).catch(() => undefined)),
    );
    for (const [at, receipt] of receipts.entries()) {
      if (receipt?.status === 'reverted') {
        throw failed(missing[at]!.what, `transaction ${receipt.transactionHash} was reverted`);
      }
    }
    missing = missing.filter((_, at) => receipts[at] === undefined);
    if (missing.length === 0) return;
    if (Date.now() > deadline) {
      throw failed(missing[0]!.what, `no receipt of ${missing[0]!.hash} after ${waitMs / 1_000} s`);
    }
    if (polls % pollsBetweenSending === 0) {
      for (const { serialized } of missing) {
        // Known already, or mined a moment ago: then there is nothing to send.
        await chain.sendRawTransaction({ serializedTransaction: serialized }).catch(() => undefined);
      }
    }
    await sleep(200);
  }
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
