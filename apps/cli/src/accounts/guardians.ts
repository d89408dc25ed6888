import { type AccountClient, type AccountRecovery, getRecovery, setGuardians } from '@lichen/sdk';
import type { Address } from 'viem';
import type { Answer } from '../cover/clientCommand.ts';
import type { Place } from './accountCommand.ts';
import { durationText, momentText } from './readDuration.ts';

/** What recovery brings back, and what it does not. Said wherever somebody sets it up. */
export const recoveryScope =
  'Recovery brings back the account and what it holds under a new passkey, removes all other devices and pauses all mandates. It does not bring back the vault: that needs another device, a recovery code, or shares of its key.';

/** Who guards an account, and every recovery that is under way. */
export async function guardiansCommand({ client }: Place, account: Address): Promise<Answer> {
  const recovery = await getRecovery(client, { account });
  return { json: { account, ...recovery }, text: recoveryText(account, recovery) };
}

export function recoveryText(account: Address, recovery: AccountRecovery): string {
  const { guardians, threshold, delaySeconds, underWay } = recovery;
  if (guardians.length === 0) {
    return `Account ${account} has no guardians: without its devices it is lost.\nSet some with: lichen account guardians set 0x… 0x… --threshold 2 --delay 2d`;
  }
  const lines = [
    `Account ${account}: ${threshold} of ${guardians.length} guardians bring it back, ${durationText(delaySeconds)} after they agree.`,
    ...guardians.map((guardian) => `  ${guardian}`),
  ];
  for (const { id, state, passkey, supporters, readyAt } of underWay) {
    lines.push(
      '',
      `! Recovery ${id} is under way: ${state}${readyAt === null ? '' : `, from ${momentText(readyAt)}`}.`,
      `  new passkey  ${passkey.x.slice(0, 22)}…`,
      `  agreed       ${supporters.join(', ')}`,
      '  Not yours? Refuse it: lichen account recover cancel',
    );
  }
  return lines.join('\n');
}

export interface SetGuardiansOptions {
  readonly guardians: readonly Address[];
  readonly threshold: number;
  readonly delaySeconds: number;
}

/** Sets the guardians of the account. */
export async function setGuardiansCommand(
  account: AccountClient,
  options: SetGuardiansOptions,
): Promise<Answer> {
  const { transactionHash } = await setGuardians(account, options);
  const { threshold, guardians, delaySeconds } = options;
  return {
    json: { ...options, transaction: transactionHash },
    text: [
      `${threshold} of ${guardians.length} guardians can bring the account back, ${durationText(delaySeconds)} after they agree.`,
      recoveryScope,
      `  transaction  ${transactionHash}`,
    ].join('\n'),
  };
}
