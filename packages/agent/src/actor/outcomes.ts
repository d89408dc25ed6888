import { mandateExecutorAbi, toLichenError } from '@lichen/sdk';
import { type Address, type Hex, isAddressEqual, parseEventLogs, type TransactionReceipt } from 'viem';
import { reasonOf } from '../runtime/reasonOf.ts';
import type { ActOutcome, ObservedInput } from '../runtime/types.ts';
import { transferAmounts } from './transferAmounts.ts';
import type { ActorCore } from './types.ts';

/** An outcome that nobody can be certain of yet. */
export function openOutcome(
  status: 'pending' | 'unknown',
  reason: string,
  transaction: Hex | null = null,
): ActOutcome {
  return { result: { block: null, reason, status, transaction }, amounts: [] };
}

export function failedOutcome(reason: string, receipt?: TransactionReceipt): ActOutcome {
  return {
    result: {
      block: receipt === undefined ? null : Number(receipt.blockNumber),
      reason,
      status: 'failed',
      transaction: receipt?.transactionHash ?? null,
    },
    amounts: [],
  };
}

/** The receipt as an input of the outcome, so that its amounts can be counted again. */
function receiptInput(core: ActorCore, receipt: TransactionReceipt): ObservedInput {
  const { blockHash, blockNumber, transactionHash, status, gasUsed, effectiveGasPrice } = receipt;
  const text = JSON.stringify({
    block: Number(blockNumber),
    blockHash,
    gasPrice: String(effectiveGasPrice),
    gasUsed: String(gasUsed),
    logs: receipt.logs.map(({ address, topics, data, logIndex }) => ({ address, data, logIndex, topics })),
    status,
    transaction: transactionHash,
  });
  return {
    at: core.clock(),
    bytes: new TextEncoder().encode(text),
    mediaType: 'application/json',
    name: 'receipt',
    provenance: { by: 'chain', block: Number(blockNumber), chainId: core.chainId, logIndex: null },
    uri: `transaction:${transactionHash}`,
  };
}

/** Whether a receipt shows that a mandate of the account was used for this intent. */
export function usesIntent(core: ActorCore, receipt: TransactionReceipt, intent: Hex): boolean {
  return parseEventLogs({ abi: mandateExecutorAbi, eventName: 'MandateUsed', logs: receipt.logs }).some(
    ({ address, args }) =>
      isAddressEqual(address, core.executor) &&
      isAddressEqual(args.account, core.account) &&
      args.intent === intent,
  );
}

export function settledOutcome(core: ActorCore, receipt: TransactionReceipt): ActOutcome {
  return {
    result: {
      block: Number(receipt.blockNumber),
      reason: '',
      status: 'settled',
      transaction: receipt.transactionHash,
    },
    amounts: transferAmounts(core.chainId, core.account, receipt.logs),
    inputs: [receiptInput(core, receipt)],
  };
}

/** Why a transaction of the agent was taken back, learnt by running it again on top of its own block. */
export async function revertedOutcome(
  core: ActorCore,
  receipt: TransactionReceipt,
  call: { readonly to: Address | null; readonly data: Hex },
): Promise<ActOutcome> {
  const { to, data } = call;
  const why =
    to === null
      ? 'it was no call'
      : await core.client.chain
          .call({ account: core.signer.address, to, data, blockNumber: receipt.blockNumber })
          .then(
            () => 'it would not be refused any more',
            (error: unknown) => reasonOf(toLichenError(error)),
          );
  return { ...failedOutcome(`taken back: ${why}`, receipt), inputs: [receiptInput(core, receipt)] };
}
