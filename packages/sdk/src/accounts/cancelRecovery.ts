import { guardianRecoveryAbi } from '@lichen/contracts';
import { encodeFunctionData } from 'viem';
import { type AccountClient, accountsOf, type SendOptions, type SentCalls } from './accountClient.ts';
import { sendCalls } from './sendCalls.ts';

/**
 * The account refuses the recovery under way. Change the guardians too, if you did not ask for it.
 * @throws LichenError `recovery-refused` when none is under way, `sponsor-exhausted`, `timeout`, `chain-unreachable`.
 */
export async function cancelRecovery(account: AccountClient, options: SendOptions = {}): Promise<SentCalls> {
  const data = encodeFunctionData({ abi: guardianRecoveryAbi, functionName: 'cancel' });
  return sendCalls(account, [{ to: accountsOf(account.client).guardianRecovery, data }], options);
}
