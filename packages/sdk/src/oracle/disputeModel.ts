import { oracleAbi } from '@lichen/contracts';
import type { QuestionSpec } from '@lichen/protocol';
import { bytesToHex, encodeFunctionData } from 'viem';
import type { LichenClient } from '../client/createLichenClient.ts';
import { sendTransaction, type TransactionOptions } from '../client/sendTransaction.ts';
import { type ResolvedDispute, resolutionOf } from './resolution.ts';

/**
 * Has the chain run the model of a question: a wrong accepted answer is replaced by the right one at once, and the
 * reporters who signed it are slashed.
 * @throws LichenError `bad-input` (input of another hash, question without a model), `transaction-failed` (nothing
 * to dispute, or too late), `timeout`, `chain-unreachable`.
 */
export async function disputeModel(
  client: LichenClient,
  parameters: TransactionOptions & {
    readonly spec: QuestionSpec;
    /** The input whose keccak256 is the spec's `inputHash`. */
    readonly input: Uint8Array;
  },
): Promise<ResolvedDispute> {
  const { spec, input, ...options } = parameters;
  const data = encodeFunctionData({
    abi: oracleAbi,
    functionName: 'disputeModel',
    args: [spec, bytesToHex(input)],
  });
  return resolutionOf(await sendTransaction(client, { to: client.addresses.oracle, data }, options));
}
