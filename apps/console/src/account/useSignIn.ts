import { LichenError, verifyAssertion } from '@lichen/protocol';
import { findAccounts } from '@lichen/sdk';
import { bytesToHex } from 'viem';
import { useActs } from '../acts/ActProvider.tsx';
import { useClient } from '../client/ClientProvider.tsx';
import { shortenHash } from '../format/hash.ts';
import { useAccount } from './AccountProvider.tsx';
import { askPasskey } from './passkeys/askPasskey.ts';
import type { RememberedAccount } from './rememberedAccounts.ts';

/**
 * Signs in with any passkey of this site: its user handle leads through the directory on the chain to the account, and
 * only an account that holds the key now is taken. One prompt; nothing is sent.
 */
export function useSignIn(): () => Promise<RememberedAccount | null> {
  const client = useClient();
  const { remember, known, others } = useAccount();
  const { run } = useActs();
  return () =>
    run({
      what: 'Signing in',
      perform: async ({ asking, touched }) => {
        asking();
        const hash = bytesToHex(crypto.getRandomValues(new Uint8Array(32)));
        const answer = await askPasskey({
          hash,
          // Asked along, so that the page knows whether this device can open a vault.
          withVaultSecret: true,
        });
        touched();
        if (answer.userHandle === null) {
          throw new LichenError('passkey-unsupported', 'This passkey does not say whose it is.', {
            got: 'no user handle',
            next: 'Choose a passkey that Lichen made, or sign in with another device.',
            retry: 'after-fix',
          });
        }
        const listed = await findAccounts(client, { userHandle: answer.userHandle });
        // The key that the directory lists must be the key that just answered.
        const found = listed.find(({ passkey }) => verifyAssertion(passkey, hash, answer.assertion));
        if (found === undefined) {
          throw new LichenError('not-found', 'No account of this network holds that passkey.', {
            next: 'It may have been removed, or belong to another network. Choose another passkey, or create an account.',
            retry: 'after-fix',
          });
        }
        const before = [known, ...others].find((account) => account?.address === found.account);
        const signedIn: RememberedAccount = {
          address: found.account,
          name: before?.name ?? `Account ${shortenHash(found.account)}`,
          credentialId: answer.credentialId,
          passkey: found.passkey,
          index: found.index,
          hasPrf: answer.prfOutput !== null,
        };
        remember(signedIn);
        return signedIn;
      },
    });
}
