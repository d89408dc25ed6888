import { type Assertion, LichenError, type Passkey, verifyAssertion } from '@lichen/protocol';
import type { Hex } from 'viem';
import type { LichenClient } from '../client/createLichenClient.ts';
import type { AccountClient, PasskeySigner } from './accountClient.ts';
import { accountClientOf } from './accountClientOf.ts';
import { findAccounts } from './findAccounts.ts';

export interface OpenAccountParameters {
  /** A browser that has never seen this passkey knows its user handle only: authenticators do not give the public key. */
  readonly signer: Pick<PasskeySigner, 'sign'> & { readonly userHandle: Hex; readonly passkey?: Passkey };
  /** The assertion that signing in gave, and the 32 bytes that it answers. Checked against the key that is listed. */
  readonly proof?: { readonly challenge: Hex; readonly assertion: Assertion };
}

/**
 * The account of a passkey, found in the directory by its user handle. Where a passkey opens several accounts, the one
 * listed last. Nothing is signed.
 * @throws LichenError `not-found` when no account lists this passkey or none holds it any more; `wrong-passkey` when the
 * proof was not made by the listed key; `bad-input`, `chain-unreachable`.
 */
export async function openAccount(
  client: LichenClient,
  parameters: OpenAccountParameters,
): Promise<AccountClient> {
  const { signer, proof } = parameters;
  const found = await findAccounts(client, { userHandle: signer.userHandle });
  const [newest] = found;
  if (newest === undefined) {
    throw new LichenError('not-found', 'No account on this network belongs to that passkey.', {
      got: `network ${client.config.name}`,
      next: 'Choose another passkey, or create an account.',
      retry: 'after-fix',
    });
  }
  const match = found.find(
    ({ passkey }) =>
      (proof === undefined || verifyAssertion(passkey, proof.challenge, proof.assertion)) &&
      (signer.passkey === undefined || BigInt(signer.passkey.x) === BigInt(passkey.x)),
  );
  if (match === undefined) {
    throw new LichenError('wrong-passkey', 'The directory lists another key for that passkey.', {
      got: 'an assertion by another key',
      expected: `passkey ${newest.passkey.x.slice(0, 10)}… of account ${newest.account}`,
      next: 'Choose the passkey of this account.',
      retry: 'after-fix',
    });
  }
  const { account, passkey, index } = match;
  return accountClientOf(client, { address: account, signer: { ...signer, passkey, index } });
}
