import { guardianRecoveryAbi } from '@lichen/contracts';
import { type Address, encodeFunctionData, type Hex } from 'viem';
import type { LichenClient } from '../client/createLichenClient.ts';
import { sendTransaction, type TransactionOptions } from '../client/sendTransaction.ts';
import { accountsOf } from './accountClient.ts';

/**
 * A guardian agrees to a recovery that another proposed. When enough agree, the delay begins.
 * @throws LichenError `recovery-refused` when the client is no guardian, agreed already, or the recovery is another or
 * over; `sponsor-exhausted`, `timeout`, `chain-unreachable`.
 */
export async function supportRecovery(
  client: LichenClient,
  parameters: TransactionOptions & { readonly account: Address; readonly id: Hex },
): Promise<{ readonly hash: Hex }> {
  const { account, id, ...options } = parameters;
  const data = encodeFunctionData({ abi: guardianRecoveryAbi, functionName: 'support', args: [account, id] });
  const { hash } = await sendTransaction(client, { to: accountsOf(client).guardianRecovery, data }, options);
  return { hash };
}
