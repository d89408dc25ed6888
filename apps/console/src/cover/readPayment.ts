import { flightCoverAbi, type LichenClient, onChain } from '@lichen/sdk';
import type { Hex } from 'viem';

/** How a policy ended on the chain. */
export interface Payment {
  readonly transaction: Hex;
  /** Chain time, unix seconds. */
  readonly at: number;
}

/**
 * The transaction that paid, refunded or closed a policy; null while it is live.
 * @throws LichenError `chain-unreachable`, `timeout`.
 */
export async function readPayment(client: LichenClient, policyId: Hex): Promise<Payment | null> {
  const logs = await Promise.all(
    (['PolicyPaid', 'PolicyRefunded', 'PolicyClosed'] as const).map((eventName) =>
      onChain(
        client.chain.getContractEvents({
          address: client.addresses.flightCover,
          abi: flightCoverAbi,
          eventName,
          args: { id: policyId },
          fromBlock: 0n,
          toBlock: 'latest',
        }),
      ),
    ),
  );
  const log = logs.flat()[0];
  if (log === undefined) return null;
  const block = await onChain(client.chain.getBlock({ blockNumber: log.blockNumber }));
  return { transaction: log.transactionHash, at: Number(block.timestamp) };
}
