import { LichenError } from '@lichen/protocol';
import { type Address, type Hex, type TransactionReceipt, WaitForTransactionReceiptTimeoutError } from 'viem';
import type { CallSender, LichenClient } from './createLichenClient.ts';
import { onChain, toLichenError } from './toLichenError.ts';

export interface TransactionOptions {
  /** Milliseconds to wait for the receipt; 60,000 when absent. */
  readonly timeoutMs?: number;
  /** Called once, as soon as the chain has the transaction and before any block does. */
  readonly onSent?: (hash: Hex) => void;
}

export interface SentTransaction {
  readonly hash: Hex;
  readonly gasUsed: bigint;
  /** Bytes that the call returned in the simulation just before sending. */
  readonly returned: Hex;
  readonly receipt: TransactionReceipt;
}

/** The address of the client's account. @throws LichenError `bad-input` when the client has none. */
export function accountOf(client: LichenClient): Address {
  return client.sender?.address ?? walletOf(client).account.address;
}

function walletOf(client: LichenClient): NonNullable<LichenClient['wallet']> {
  if (client.wallet !== undefined) return client.wallet;
  throw new LichenError('bad-input', 'This client has no account to sign with.', {
    next: 'Create the client with an account; on the command line, set LICHEN_PRIVATE_KEY to its key.',
    retry: 'after-fix',
  });
}

/**
 * Simulates a call, so that a refusal costs no gas and is explained; then signs, sends and waits for its receipt.
 * @throws LichenError of the contract's refusal; `timeout` when no block takes the transaction in time;
 * `transaction-failed` when it reverted although the simulation passed.
 */
export async function sendTransaction(
  client: LichenClient,
  call: { readonly to: Address; readonly data: Hex },
  options: TransactionOptions = {},
): Promise<SentTransaction> {
  if (client.sender !== undefined) return sendByAccount(client, client.sender, call, options);
  const wallet = walletOf(client);
  const simulated = await onChain(client.chain.call({ account: wallet.account, ...call }));
  const estimate = await onChain(client.chain.estimateGas({ account: wallet.account, ...call }));
  // A block later the state differs: a fifth on top keeps a moved slot from running out of gas, and 50,000 pay for the two
  // that a pool writes once in a block only (Uniswap V2's price sums).
  const hash = await onChain(wallet.sendTransaction({ ...call, gas: (estimate * 6n) / 5n + 50_000n }));
  options.onSent?.(hash);
  const timeoutMs = options.timeoutMs ?? 60_000;
  let receipt: TransactionReceipt;
  try {
    receipt = await client.chain.waitForTransactionReceipt({ hash, timeout: timeoutMs });
  } catch (cause) {
    if (!(cause instanceof WaitForTransactionReceiptTimeoutError)) throw toLichenError(cause);
    throw new LichenError('timeout', 'No block has taken the transaction yet.', {
      got: `transaction ${hash} after ${timeoutMs / 1000} s`,
      next: 'It may still be taken: look for this hash before sending again.',
      retry: 'later',
      cause,
    });
  }
  if (receipt.status !== 'success') {
    // Run it again on top of its own block to learn the reason.
    const reason = await client.chain
      .call({ account: wallet.account, ...call, blockNumber: receipt.blockNumber })
      .then(
        () => undefined,
        (error: unknown) => toLichenError(error),
      );
    if (reason !== undefined && reason.code !== 'transaction-failed') throw reason;
    throw new LichenError(
      'transaction-failed',
      'The transaction was refused after it had passed its simulation.',
      {
        got: `transaction ${hash} in block ${receipt.blockNumber}`,
        next: 'Something changed in between: ask for a new quote and try again.',
        retry: 'later',
        cause: reason,
      },
    );
  }
  return { hash, gasUsed: receipt.gasUsed, returned: simulated.data ?? '0x', receipt };
}

/** The same through an account: the simulation explains a refusal before anybody is asked to sign. */
async function sendByAccount(
  client: LichenClient,
  sender: CallSender,
  call: { readonly to: Address; readonly data: Hex },
  options: TransactionOptions,
): Promise<SentTransaction> {
  const simulated = await onChain(client.chain.call({ account: sender.address, ...call }));
  const { transactionHash, receipt } = await sender.send([call], options);
  return { hash: transactionHash, gasUsed: receipt.gasUsed, returned: simulated.data ?? '0x', receipt };
}
