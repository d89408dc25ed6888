import { setTimeout as sleep } from 'node:timers/promises';
import { onChain } from '@lichen/sdk';
import { type Hex, type TransactionReceipt, TransactionReceiptNotFoundError } from 'viem';
import type { ActorCore } from './types.ts';

/** Milliseconds after which a transaction that is in no block is handed in again: the same bytes, hence the same act. */
const againMs = 3_000;

/** The receipt of a transaction that is deep enough in the chain, or undefined. @throws LichenError `chain-unreachable` */
export async function settledReceipt(core: ActorCore, hash: Hex): Promise<TransactionReceipt | undefined> {
  const { chain } = core.client;
  const receipt = await onChain(
    chain.getTransactionReceipt({ hash }).catch((error: unknown) => {
      if (error instanceof TransactionReceiptNotFoundError) return undefined;
      throw error;
    }),
  );
  if (receipt === undefined || core.confirmations <= 1) return receipt;
  const head = await onChain(chain.getBlockNumber());
  if (head - receipt.blockNumber + 1n < BigInt(core.confirmations)) return undefined;
  // A node may still serve the receipt of a block that the chain has left.
  const block = await onChain(chain.getBlock({ blockNumber: receipt.blockNumber }));
  return block.hash === receipt.blockHash ? receipt : undefined;
}

/**
 * Waits until a transaction is deep enough in the chain. Undefined when the time is up: it may still land.
 * Failures of the node are waited out, too.
 */
export async function waitForReceipt(
  core: ActorCore,
  hash: Hex,
  serializedTransaction?: Hex,
): Promise<TransactionReceipt | undefined> {
  const deadline = performance.now() + core.receiptMs;
  let sentAt = performance.now();
  for (;;) {
    const receipt = await settledReceipt(core, hash).catch((error: unknown) => {
      core.log(`no answer about ${hash}: ${String(error).split('\n')[0]}`);
      return undefined;
    });
    const now = performance.now();
    if (receipt !== undefined || now >= deadline) return receipt;
    if (serializedTransaction !== undefined && now - sentAt >= againMs) {
      sentAt = now;
      // Known already, or mined a moment ago: then there is nothing to send.
      await core.client.chain.sendRawTransaction({ serializedTransaction }).catch(() => undefined);
    }
    await sleep(Math.min(core.pollMs, Math.max(0, deadline - now)));
  }
}
