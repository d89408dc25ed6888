import { isLichenError, LichenError } from '@lichen/protocol';
import { createLichenClient, type LichenClient } from '@lichen/sdk';
import { isHex, size } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { gatewayUrlOf, stateFolderOf } from '../support/stateFolder.ts';

/** Flags that say which network is meant. */
export interface ClientFlags {
  /** Address of a gateway. */
  readonly gateway?: string;
  /** Folder of a running network's state, which knows its gateway. */
  readonly state?: string;
}

/**
 * A client that signs with the key in LICHEN_PRIVATE_KEY, else with the network's development account.
 * @throws LichenError `bad-input` for a malformed key, `not-running`, and what `createLichenClient` throws.
 */
export async function openClient(flags: ClientFlags): Promise<LichenClient> {
  const gatewayUrl = flags.gateway ?? (await gatewayUrlOf(stateFolderOf(flags.state)));
  const key = process.env.LICHEN_PRIVATE_KEY;
  if (key === undefined || key === '') {
    return createLichenClient({ gatewayUrl, account: 'development' }).catch((error: unknown) => {
      // A network without a development account can still be read.
      if (isLichenError(error) && error.message.startsWith('This network has no development account')) {
        return createLichenClient({ gatewayUrl });
      }
      throw error;
    });
  }
  if (!isHex(key) || size(key) !== 32) {
    throw new LichenError('bad-input', 'LICHEN_PRIVATE_KEY is no private key.', {
      got: `${key.length} characters`,
      expected: '0x and 64 hex digits',
      next: 'Correct the variable, or unset it to use the development account.',
      retry: 'after-fix',
    });
  }
  return createLichenClient({ gatewayUrl, account: privateKeyToAccount(key) });
}
