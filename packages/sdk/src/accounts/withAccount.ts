import type { LichenClient } from '../client/createLichenClient.ts';
import type { AccountClient } from './accountClient.ts';
import { sendCalls } from './sendCalls.ts';

/**
 * A client whose verbs act as this account: `buyCover`, `faucet`, `disputeModel` and all others that send.
 * Each sends one sponsored operation, and asks the account's passkey once.
 * @example
 * const client = withAccount(await openAccount(network, { signer }));
 * await buyCover(client, { quote });
 */
export function withAccount(account: AccountClient): LichenClient {
  const { wallet: _, ...client } = account.client;
  return {
    ...client,
    sender: { address: account.address, send: (calls, options) => sendCalls(account, calls, options) },
  };
}
