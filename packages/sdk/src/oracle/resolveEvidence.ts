import { oracleAbi } from '@lichen/contracts';
import type { QuestionSpec } from '@lichen/protocol';
import { encodeFunctionData } from 'viem';
import type { LichenClient } from '../client/createLichenClient.ts';
import { sendTransaction, type TransactionOptions } from '../client/sendTransaction.ts';
import { type ResolvedDispute, resolutionOf } from './resolution.ts';

/**
 * Resolves a dispute by evidence after both sides had their time. Anyone may call it.
 * @throws LichenError `transaction-failed` (no such dispute, or too early), `timeout`, `chain-unreachable`.
 */
export async function resolveEvidence(
  client: LichenClient,
  parameters: TransactionOptions & { readonly spec: QuestionSpec },
): Promise<ResolvedDispute> {
  const { spec, ...options } = parameters;
  const data = encodeFunctionData({ abi: oracleAbi, functionName: 'resolveEvidence', args: [spec] });
  return resolutionOf(await sendTransaction(client, { to: client.addresses.oracle, data }, options));
}
