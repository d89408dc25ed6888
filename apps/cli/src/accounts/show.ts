import {
  type AccountClient,
  formatAmount,
  getBalance,
  getMandateState,
  unwrapVaultKey,
  vaultBoxOf,
} from '@lichen/sdk';
import type { Hex } from 'viem';
import type { Answer } from '../cover/clientCommand.ts';
import type { Place } from './accountCommand.ts';
import { type AccountFile, demandAccountFile, keyFileOf } from './accountFile.ts';
import { prfOutputOf } from './prf.ts';

/** The vault key of a file, 32 bytes; undefined where the file has no vault yet. @throws LichenError `bad-input`. */
export async function vaultKeyOf(file: AccountFile): Promise<Uint8Array | undefined> {
  const { vault, account, userHandle, prfSecret } = file;
  if (vault === null) return undefined;
  return unwrapVaultKey(vault, { account, device: userHandle, prfOutput: prfOutputOf(prfSecret) });
}

/** The account of this folder: where it is, what it holds, who signs, and what a friend needs to make it a guardian. */
export async function showCommand(account: AccountClient, { client, stateFolder }: Place): Promise<Answer> {
  const file = demandAccountFile(stateFolder);
  const { playDollar } = client.addresses;
  const [isDeployed, balance, state, vaultKey] = await Promise.all([
    account.isDeployed(),
    getBalance(client, { account: account.address }),
    getMandateState(client, { account: account.address, asset: playDollar }),
    vaultKeyOf(file),
  ]);
  const box: Hex | null = vaultKey === undefined ? null : await vaultBoxOf(vaultKey);
  const { budget, isPaused } = state;
  return {
    json: {
      account: account.address,
      kind: file.kind,
      device: file.index,
      isDeployed,
      balance,
      budget,
      mandatesPaused: isPaused,
      vaultBox: box,
    },
    text: [
      `Account ${account.address} on ${client.config.name}${isDeployed ? '' : ' (not on the chain yet: its first operation creates it)'}`,
      `  holds        ${formatAmount(balance)} pUSD (no value)`,
      `  signs        device ${file.index}, software passkey in ${keyFileOf(stateFolder, 'account')}`,
      `  mandates     ${isPaused ? 'all paused' : 'not paused'}; budget of all together: ${budgetText(budget)}`,
      `  vault box    ${box ?? 'none: this device has no vault key yet'}`,
      'As a guardian of somebody you are the account; your vault box lets them leave you a share of their vault key.',
    ].join('\n'),
  };
}

function budgetText(budget: { amount: bigint; period: number; left: bigint } | undefined): string {
  if (budget === undefined || budget.amount === 0n) return 'none, so nothing can be spent';
  return `${formatAmount(budget.left)} of ${formatAmount(budget.amount)} pUSD left`;
}
