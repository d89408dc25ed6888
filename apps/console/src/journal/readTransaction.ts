import { type LichenClient, mandateExecutorAbi, onChain } from '@lichen/sdk';
import { type Address, type Hex, isAddressEqual, type Log, parseEventLogs } from 'viem';

/** What a chain says of a transaction. */
export interface TransactionStory {
  readonly isSuccess: boolean;
  readonly block: bigint;
  /** Unix seconds. */
  readonly at: number;
  readonly from: Address;
  readonly to: Address | null;
  readonly gasUsed: bigint;
  /** Hashes of the intents that mandate uses in it name; empty where no mandate was used. */
  readonly intents: readonly Hex[];
}

/** Intents that the mandate executor wrote into a transaction's events, each once. Events of other contracts say nothing. */
export function intentsIn(logs: readonly Log[], executor: Address | undefined): readonly Hex[] {
  if (executor === undefined) return [];
  const own = logs.filter(({ address }) => isAddressEqual(address, executor));
  const used = parseEventLogs({
    abi: mandateExecutorAbi,
    eventName: 'MandateUsed',
    logs: [...own],
    strict: true,
  });
  return [...new Set(used.map(({ args }) => args.intent))];
}

/** @throws LichenError `chain-unreachable`, `timeout`, `not-found` */
export async function readTransaction(client: LichenClient, hash: Hex): Promise<TransactionStory> {
  const receipt = await onChain(client.chain.getTransactionReceipt({ hash }));
  const block = await onChain(client.chain.getBlock({ blockNumber: receipt.blockNumber }));
  return {
    isSuccess: receipt.status === 'success',
    block: receipt.blockNumber,
    at: Number(block.timestamp),
    from: receipt.from,
    to: receipt.to,
    gasUsed: receipt.gasUsed,
    intents: intentsIn(receipt.logs, client.config.accounts?.mandateExecutor),
  };
}
