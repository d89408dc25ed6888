import { LichenError, type Terms } from '@lichen/protocol';
import {
  type AccountClient,
  accountsOf,
  type Call,
  mandateExecutorAbi,
  sendCallsSelfPaid,
} from '@lichen/sdk';

/**
 * Lets an account make the calls that grant these mandates, unless the chain has them all: the owner's passkey signs, the
 * client's wallet pays. One that its owner has revoked or paused is left so.
 * @throws LichenError `transaction-failed` when they are not in force afterwards; what `sendCallsSelfPaid` throws
 */
export async function grantOnce(
  account: AccountClient,
  mandates: readonly Terms[],
  calls: readonly Call[],
): Promise<void> {
  // A mandate is granted in the operation that brings the account to life: whoever has code has them.
  if (await account.isDeployed()) return;
  await sendCallsSelfPaid(account, calls);
  const { chain } = account.client;
  const active = await Promise.all(
    mandates.map((terms) =>
      chain.readContract({
        address: accountsOf(account.client).mandateExecutor,
        abi: mandateExecutorAbi,
        functionName: 'isActive',
        args: [account.address, terms],
      }),
    ),
  );
  if (active.every(Boolean)) return;
  throw new LichenError(
    'transaction-failed',
    'An account was created without the mandates that it should have granted.',
    {
      got: `${active.filter(Boolean).length} of ${mandates.length} in force at ${account.address}`,
      next: 'Start afresh with: lichen reset',
      retry: 'after-fix',
    },
  );
}
