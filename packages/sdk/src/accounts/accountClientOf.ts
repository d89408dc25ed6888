import type { Address } from 'viem';
import type { LichenClient } from '../client/createLichenClient.ts';
import { onChain } from '../client/toLichenError.ts';
import type { AccountClient, Birth, PasskeySigner } from './accountClient.ts';

/**
 * The client of an account that is already known, for example after a page was loaded again. Asks nobody anything.
 * @example
 * const account = accountClientOf(client, { address, signer });
 */
export function accountClientOf(
  client: LichenClient,
  init: { readonly address: Address; readonly signer: PasskeySigner; readonly birth?: Birth },
): AccountClient {
  const { address, signer, birth } = init;
  // An account has no way to disappear: once seen, it is there.
  let seen = birth === undefined;
  return {
    address,
    client,
    signer,
    ...(birth === undefined ? {} : { birth }),
    async isDeployed() {
      if (seen) return true;
      const code = await onChain(client.chain.getCode({ address }));
      seen = code !== undefined && code !== '0x';
      return seen;
    },
  };
}
