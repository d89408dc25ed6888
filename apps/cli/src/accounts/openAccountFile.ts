import { LichenError, softwarePasskey } from '@lichen/protocol';
import {
  type AccountClient,
  accountClientOf,
  createAccount,
  type LichenClient,
  listDevices,
  type PasskeySigner,
} from '@lichen/sdk';
import { isAddressEqual } from 'viem';
import { type AccountFile, demandAccountFile, updateAccountFile } from './accountFile.ts';

/** What stands in the client data of a software passkey's signatures: no page made them. */
const relyingParty = { id: 'localhost', origin: 'http://localhost' } as const;

/** The signer that a file's key makes. It asks nobody: whoever can read the file can sign. */
export function signerOf(file: Pick<AccountFile, 'privateKey' | 'userHandle' | 'index'>): PasskeySigner {
  return {
    ...softwarePasskey(file.privateKey, relyingParty.id, relyingParty.origin),
    userHandle: file.userHandle,
    ...(file.index === null ? {} : { index: file.index }),
  };
}

/**
 * The account of a state folder on a network.
 * @throws LichenError `not-found` where there is none, `wrong-chain` when it belongs to another network,
 * `wrong-passkey` while no device or guardian has added this passkey.
 */
export async function openAccountFile(client: LichenClient, stateFolder: string): Promise<AccountClient> {
  const file = demandAccountFile(stateFolder);
  const wrongNetwork = (got: string) =>
    new LichenError('wrong-chain', 'The account on this machine belongs to another network.', {
      got,
      expected: `account ${file.account} on chain ${file.chainId}`,
      next: 'Name its gateway with --gateway, or another folder with --state.',
      retry: 'after-fix',
    });
  if (file.chainId !== client.config.chainId) throw wrongNetwork(`chain ${client.config.chainId}`);
  if (file.origin === 'requested') return openJoined(client, stateFolder, file);
  const account = await createAccount(client, { signer: signerOf(file) });
  if (isAddressEqual(account.address, file.account)) return account;
  throw wrongNetwork(`a factory that would make ${account.address}`);
}

/** A passkey that another device or the guardians have added: which index it got, the chain says once. */
async function openJoined(
  client: LichenClient,
  stateFolder: string,
  file: AccountFile,
): Promise<AccountClient> {
  const account = accountClientOf(client, { address: file.account, signer: signerOf(file) });
  if (file.index !== null) return account;
  const found = (await listDevices(account)).find(({ isThis }) => isThis);
  if (found === undefined) {
    throw new LichenError('wrong-passkey', 'This passkey is not in the account yet.', {
      got: `passkey ${account.signer.passkey.x.slice(0, 10)}…`,
      expected: `one of account ${file.account}`,
      next: 'Let a device add it, or your guardians: lichen account request shows what to hand to them.',
      retry: 'later',
    });
  }
  const joined = { ...file, index: found.index };
  updateAccountFile(stateFolder, joined);
  return accountClientOf(client, { address: file.account, signer: signerOf(joined) });
}
