import { LichenError } from '@lichen/protocol';
import {
  type AccountClient,
  cancelRecovery,
  executeRecovery,
  getRecovery,
  proposeRecovery,
  type RecoveryUnderWay,
  supportRecovery,
  withAccount,
} from '@lichen/sdk';
import type { Address, Hex } from 'viem';
import type { Answer } from '../cover/clientCommand.ts';
import { fingerprintOf, readRequest } from './deviceRequest.ts';
import { momentText } from './readDuration.ts';

/** A guardian proposes the passkey of a request, and agrees to it. */
export async function proposeCommand(guardian: AccountClient, word: string): Promise<Answer> {
  const { account, passkey, listing } = readRequest(word);
  const { id, hash } = await proposeRecovery(withAccount(guardian), { account, passkey, listing });
  return {
    json: { account, id, transaction: hash },
    text: [
      `Proposed the passkey ${fingerprintOf({ passkey, listing })} for account ${account}, and agreed to it.`,
      `  other guardians  lichen account recover support ${account} ${id.slice(0, 10)}`,
      `  transaction      ${hash}`,
    ].join('\n'),
  };
}

/** The recovery under way whose id starts so. @throws LichenError `not-found`, `bad-input` for more than one. */
async function findRecovery(
  client: AccountClient['client'],
  account: Address,
  start: string,
): Promise<RecoveryUnderWay> {
  const { underWay } = await getRecovery(client, { account });
  const found = underWay.filter(({ id }) => id.startsWith(start.toLowerCase()));
  if (found.length === 1) return found[0]!;
  throw new LichenError(
    found.length === 0 ? 'not-found' : 'bad-input',
    found.length === 0 ? 'No such recovery is under way.' : 'More than one recovery starts so.',
    {
      got: start,
      expected: underWay.length === 0 ? 'none is under way' : underWay.map(({ id }) => id).join(', '),
      next: 'Look with: lichen account guardians --account …',
      retry: 'after-fix',
    },
  );
}

/** A guardian agrees to a recovery that another proposed. */
export async function supportCommand(
  guardian: AccountClient,
  options: { readonly account: Address; readonly start: string },
): Promise<Answer> {
  const { account } = options;
  const { id, passkey, listing } = await findRecovery(guardian.client, account, options.start);
  const { hash } = await supportRecovery(withAccount(guardian), { account, id });
  const after = await stateLine(guardian, account, id);
  return {
    json: { account, id, transaction: hash, ...after.json },
    text: `Agreed to the passkey ${fingerprintOf({ passkey, listing })} for account ${account}. ${after.text}\n  transaction  ${hash}`,
  };
}

async function stateLine(guardian: AccountClient, account: Address, id: Hex) {
  const { underWay, threshold } = await getRecovery(guardian.client, { account });
  const now = underWay.find((recovery) => recovery.id === id);
  const json = { state: now?.state ?? null, readyAt: now?.readyAt ?? null };
  if (now === undefined || now.readyAt === null) {
    return { json, text: `${now?.supporters.length ?? 0} of ${threshold} agree.` };
  }
  return { json, text: `It can be carried out from ${momentText(now.readyAt)}, unless the account refuses.` };
}

/** The account refuses every recovery under way. */
export async function cancelCommand(account: AccountClient): Promise<Answer> {
  const { transactionHash } = await cancelRecovery(account);
  return {
    json: { transaction: transactionHash },
    text: `Refused. If you did not ask for it, change your guardians: lichen account guardians set …\n  transaction  ${transactionHash}`,
  };
}

/** Carries a recovery out for the person whose request it is; any account may. */
export async function executeCommand(anybody: AccountClient, word: string): Promise<Answer> {
  const { account, passkey, listing } = readRequest(word);
  const { hash } = await executeRecovery(withAccount(anybody), { account, passkey, listing });
  return {
    json: { account, transaction: hash },
    text: [
      `Account ${account} is back, under the passkey ${fingerprintOf({ passkey, listing })}. Its mandates are paused.`,
      `  transaction  ${hash}`,
    ].join('\n'),
  };
}
