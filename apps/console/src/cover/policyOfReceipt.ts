import { LichenError } from '@lichen/protocol';
import { flightCoverAbi, type SentCalls } from '@lichen/sdk';
import { type Hex, isAddressEqual, parseEventLogs } from 'viem';

/**
 * The policy that an operation bought. A block may hold other people's purchases in one bundle, so the holder counts.
 * @throws LichenError `transaction-failed` when the operation bought none.
 */
export function policyOfReceipt(sent: SentCalls, holder: Hex): Hex {
  const bought = parseEventLogs({
    abi: flightCoverAbi,
    eventName: 'PolicyBought',
    logs: sent.receipt.logs,
  }).find(({ args }) => isAddressEqual(args.holder, holder));
  if (bought !== undefined) return bought.args.id;
  throw new LichenError('transaction-failed', 'The purchase left no policy.', {
    got: `transaction ${sent.transactionHash}`,
    next: 'Look at “My cover”, then ask for a new quote.',
  });
}
