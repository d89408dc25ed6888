import type { PasskeySigner } from '@lichen/sdk';
import { askPasskey } from './passkeys/askPasskey.ts';
import type { RememberedAccount } from './rememberedAccounts.ts';

/** Signs with the one passkey that belongs to a remembered account; any other is refused before it can sign for it. */
export function signerOf(
  known: Pick<RememberedAccount, 'credentialId' | 'passkey' | 'index'>,
): PasskeySigner {
  const { credentialId, passkey, index } = known;
  return {
    passkey,
    index,
    sign: async (hash) => (await askPasskey({ hash, credentialId })).assertion,
  };
}
