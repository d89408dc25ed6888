import type { Permission } from '@lichen/protocol';
import {
  type AccountClient,
  type Call,
  type CreateAndSendParameters,
  createAndSend,
  type SentCalls,
} from '@lichen/sdk';
import { useActs } from '../acts/ActProvider.tsx';
import { useClient } from '../client/ClientProvider.tsx';
import { useAccount } from './AccountProvider.tsx';
import { createPasskey } from './passkeys/createPasskey.ts';
import { keepFirstVaultKey } from './vault/keepFirstVaultKey.ts';

/** What a new account does first, and what its first session may do: exactly that. */
export interface FirstSteps {
  /** Made by the account itself while it comes to life, before its session acts. */
  readonly birthCalls: readonly Call[];
  readonly calls: readonly Call[];
  readonly permissions: readonly Permission[];
  /** Base units of pUSD that the first steps may spend. */
  readonly spends: bigint;
}

/**
 * Makes an account and takes its first steps with one prompt, the making of the passkey: a session that the account
 * grants at birth, good for a quarter of an hour and for these calls only, signs the first operation.
 */
export function useCreateAccount(): (
  what: string,
  name: string,
  steps: FirstSteps,
) => Promise<(SentCalls & { readonly account: AccountClient }) | null> {
  const client = useClient();
  const { remember } = useAccount();
  const { run } = useActs();
  return (what, name, steps) =>
    run({
      what,
      perform: async ({ asking, touched, options }) => {
        asking();
        const made = await createPasskey(name);
        touched();
        const { credentialId, passkey, userHandle, hasPrf, prfOutput } = made;
        const parameters: CreateAndSendParameters = {
          signer: {
            passkey,
            userHandle,
            // The session signs: a second prompt here would break the promise of one touch.
            sign: () => Promise.reject(new Error('the first steps are signed by the session')),
          },
          birthCalls: steps.birthCalls,
          calls: steps.calls,
          session: {
            asset: client.addresses.playDollar,
            permissions: steps.permissions,
            maxPerPeriod: steps.spends,
            maxCalls: steps.calls.length,
          },
          onCreated: ({ address, birth }) =>
            // Before anything is sent: if the first operation fails, the passkey must not be lost.
            remember({
              address,
              name,
              credentialId,
              passkey,
              index: 0,
              hasPrf,
              ...(birth === undefined ? {} : { birth }),
            }),
        };
        const sent = await createAndSend(client, parameters, options);
        const { address } = sent.account;
        remember({ address, name, credentialId, passkey, index: 0, hasPrf });
        if (prfOutput !== null) {
          // What was bought is bought: a browser that keeps nothing must not make it look failed.
          await keepFirstVaultKey(address, credentialId, prfOutput).catch(() => undefined);
        }
        return sent;
      },
    });
}
