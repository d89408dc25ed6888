import { guardianRecoveryAbi } from '@lichen/contracts';
import { LichenError } from '@lichen/protocol';
import { type Address, encodeFunctionData, type Hex, isAddressEqual, parseEventLogs } from 'viem';
import type { LichenClient } from '../client/createLichenClient.ts';
import { accountOf, sendTransaction, type TransactionOptions } from '../client/sendTransaction.ts';
import { accountsOf } from './accountClient.ts';
import type { DeviceRequest } from './addDevice.ts';

/**
 * A guardian proposes the passkey that shall replace all passkeys of a lost account, and agrees to it by that. Before
 * they do, they make sure by voice or face that the request is from the person. The client is the guardian:
 * `withAccount` of their account, or a wallet.
 * @returns the id that other guardians support.
 * @throws LichenError `recovery-refused` when the client is no guardian or another recovery is under way;
 * `sponsor-exhausted`, `timeout`, `chain-unreachable`.
 */
export async function proposeRecovery(
  client: LichenClient,
  parameters: DeviceRequest & TransactionOptions & { readonly account: Address },
): Promise<{ readonly id: Hex; readonly hash: Hex }> {
  const { account, passkey, listing, ...options } = parameters;
  const { guardianRecovery } = accountsOf(client);
  const data = encodeFunctionData({
    abi: guardianRecoveryAbi,
    functionName: 'propose',
    args: [account, passkey, listing],
  });
  const { hash, receipt } = await sendTransaction(client, { to: guardianRecovery, data }, options);
  const guardian = accountOf(client);
  const proposed = parseEventLogs({
    abi: guardianRecoveryAbi,
    eventName: 'RecoveryProposed',
    logs: receipt.logs.filter((log) => isAddressEqual(log.address, guardianRecovery)),
  }).find(({ args }) => isAddressEqual(args.account, account) && isAddressEqual(args.guardian, guardian));
  if (proposed !== undefined) return { id: proposed.args.id, hash };
  throw new LichenError('transaction-failed', 'The recovery was not proposed.', {
    got: `transaction ${hash}`,
    next: 'Check that the address of GuardianRecovery belongs to this release.',
  });
}
