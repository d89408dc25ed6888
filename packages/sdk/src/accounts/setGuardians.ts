import { guardianRecoveryAbi } from '@lichen/contracts';
import { LichenError } from '@lichen/protocol';
import { type Address, encodeFunctionData, isAddressEqual } from 'viem';
import { onChain } from '../client/toLichenError.ts';
import { type AccountClient, accountsOf, type SendOptions, type SentCalls } from './accountClient.ts';
import { sendCalls } from './sendCalls.ts';

export interface GuardianSettings {
  /** Up to 16 accounts or keys of other people, or of your own kept elsewhere. */
  readonly guardians: readonly Address[];
  /** So many of them bring the account back. */
  readonly threshold: number;
  /** Seconds between their agreement and the recovery, in which any of your devices can refuse. */
  readonly delaySeconds: number;
}

function refuse(got: string, expected: string, next: string): never {
  throw new LichenError('bad-input', 'Those guardians cannot be set.', {
    got,
    expected,
    next,
    retry: 'after-fix',
  });
}

/**
 * Sets the guardians of the account, in place of those before; ends a recovery under way. Guardians who agree replace
 * all passkeys and pause all mandates after the delay; they can never move money. No guardians, with threshold and delay 0,
 * switch recovery off.
 * @throws LichenError `bad-input` for guardians, a threshold or a delay that the contract does not take;
 * `sponsor-exhausted`, `timeout`, `chain-unreachable`.
 */
export async function setGuardians(
  account: AccountClient,
  parameters: GuardianSettings & SendOptions,
): Promise<SentCalls> {
  const { guardians, threshold, delaySeconds, ...options } = parameters;
  const { guardianRecovery } = accountsOf(account.client);
  const count = guardians.length;
  if (count > 16) refuse(`${count} guardians`, 'at most 16', 'Name sixteen guardians or fewer.');
  if (new Set(guardians.map((guardian) => guardian.toLowerCase())).size < count) {
    refuse('a guardian twice', 'different guardians', 'Name each guardian once.');
  }
  if (guardians.some((guardian) => isAddressEqual(guardian, account.address))) {
    refuse('the account itself', 'somebody else', 'An account that is lost cannot help itself.');
  }
  const fewest = Math.min(count, 1);
  if (!Number.isInteger(threshold) || threshold < fewest || threshold > count) {
    refuse(`${threshold} of ${count}`, `${fewest} to ${count}`, 'Choose how many of them must agree.');
  }
  const minDelay = await onChain(
    account.client.chain.readContract({
      address: guardianRecovery,
      abi: guardianRecoveryAbi,
      functionName: 'minDelay',
    }),
  );
  const least = count === 0 ? 0 : minDelay;
  if (!Number.isInteger(delaySeconds) || delaySeconds < least || delaySeconds > 0xffffffff) {
    refuse(
      `a delay of ${delaySeconds} s`,
      `${least} s or more`,
      'Choose a delay in which you would notice and refuse.',
    );
  }
  const data = encodeFunctionData({
    abi: guardianRecoveryAbi,
    functionName: 'setGuardians',
    args: [[...guardians], threshold, delaySeconds],
  });
  return sendCalls(account, [{ to: guardianRecovery, data }], options);
}
