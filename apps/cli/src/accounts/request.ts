import { LichenError } from '@lichen/protocol';
import type { Address } from 'viem';
import type { Answer } from '../cover/clientCommand.ts';
import type { Place } from './accountCommand.ts';
import { type AccountFile, addAccountFile, randomSecret, readAccountFile } from './accountFile.ts';
import { fingerprintOf, requestOf, requestText } from './deviceRequest.ts';

/**
 * Makes a software passkey for an account that exists, and shows what a device of it, or its guardians, need to add it.
 * Asked again, it shows the same request: it does not make a second key.
 */
export async function requestCommand(
  { client, stateFolder }: Place,
  account: Address | undefined,
): Promise<Answer> {
  const known = readAccountFile(stateFolder);
  if (account === undefined && known === undefined) {
    throw new LichenError('bad-input', 'Which account shall this device be added to?', {
      next: 'Say it with: lichen account request --account 0x…',
      retry: 'after-fix',
    });
  }
  if (known !== undefined && (known.origin === 'created' || (account ?? known.account) !== known.account)) {
    throw new LichenError('bad-input', 'This folder has an account already.', {
      got: known.account,
      next: 'Name another folder with --state for the new device.',
      retry: 'after-fix',
    });
  }
  const file: AccountFile = known ?? {
    version: 1,
    kind: 'software passkey',
    privateKey: randomSecret(),
    userHandle: randomSecret(),
    prfSecret: randomSecret(),
    account: account!,
    chainId: client.config.chainId,
    origin: 'requested',
    index: null,
    vault: null,
  };
  if (known === undefined) addAccountFile(stateFolder, file);
  const request = requestOf(file);
  const word = requestText(request);
  return {
    json: { account: file.account, request: word, fingerprint: fingerprintOf(request) },
    text: [
      `This device asks to be in account ${file.account}:`,
      '',
      word,
      '',
      `  check        ${fingerprintOf(request)} (compare it by voice, so that nobody slips in a key of their own)`,
      '  a device     lichen account devices add REQUEST',
      '  a guardian   lichen account recover propose REQUEST',
    ].join('\n'),
  };
}
