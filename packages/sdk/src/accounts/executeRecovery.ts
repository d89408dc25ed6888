import { guardianRecoveryAbi } from '@lichen/contracts';
import { type Address, encodeFunctionData, type Hex } from 'viem';
import type { LichenClient } from '../client/createLichenClient.ts';
import { sendTransaction, type TransactionOptions } from '../client/sendTransaction.ts';
import { accountsOf } from './accountClient.ts';
import type { DeviceRequest } from './addDevice.ts';

/**
 * Carries out a recovery whose delay is over. Anybody may: the person has no device that could pay for it.
 * @throws LichenError `recovery-refused` when it is too early, lapsed, refused, or of another passkey;
 * `sponsor-exhausted`, `timeout`, `chain-unreachable`.
 */
export async function executeRecovery(
  client: LichenClient,
  parameters: DeviceRequest & TransactionOptions & { readonly account: Address },
): Promise<{ readonly hash: Hex }> {
  const { account, passkey, listing, ...options } = parameters;
  const data = encodeFunctionData({
    abi: guardianRecoveryAbi,
    functionName: 'execute',
    args: [account, passkey, listing],
  });
  const { hash } = await sendTransaction(client, { to: accountsOf(client).guardianRecovery, data }, options);
  return { hash };
}
