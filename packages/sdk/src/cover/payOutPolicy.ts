import { flightCoverAbi } from '@lichen/contracts';
import { decodeFunctionResult, encodeFunctionData, type Hex, parseEventLogs } from 'viem';
import type { LichenClient } from '../client/createLichenClient.ts';
import { sendTransaction, type TransactionOptions } from '../client/sendTransaction.ts';
import { type PolicyState, policyStates } from './policy.ts';

export interface PaidOutPolicy {
  readonly state: PolicyState;
  /** Base units of pUSD that went to the holder: the payout, the premium given back, or 0. */
  readonly amount: bigint;
  readonly hash: Hex;
  readonly gasUsed: bigint;
}

/**
 * Settles the policy's flight where needed, then pays, refunds or closes the policy. Anyone may call it; the money
 * goes to the holder.
 * @throws LichenError `not-found`, `source-unavailable` while no final answer exists, `timeout`, `chain-unreachable`.
 */
export async function payOutPolicy(
  client: LichenClient,
  parameters: TransactionOptions & { readonly policyId: Hex },
): Promise<PaidOutPolicy> {
  const { policyId, ...options } = parameters;
  const data = encodeFunctionData({ abi: flightCoverAbi, functionName: 'payOut', args: [policyId] });
  const sent = await sendTransaction(client, { to: client.addresses.flightCover, data }, options);
  const state = decodeFunctionResult({ abi: flightCoverAbi, functionName: 'payOut', data: sent.returned });
  const logs = parseEventLogs({
    abi: flightCoverAbi,
    eventName: ['PolicyPaid', 'PolicyRefunded'],
    logs: sent.receipt.logs,
  }).filter((log) => log.args.id === policyId);
  const amount = logs.reduce(
    (sum, log) => sum + (log.eventName === 'PolicyPaid' ? log.args.payout : log.args.premium),
    0n,
  );
  return { state: policyStates[state] ?? 'none', amount, hash: sent.hash, gasUsed: sent.gasUsed };
}
