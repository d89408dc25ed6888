import { type AccountClient, type LichenClient, type SendOptions, sendCalls } from '@lichen/sdk';

/** A client whose verbs act as an account and report as soon as the bundler has taken their operation. */
export function actingAs(account: AccountClient, options: SendOptions): LichenClient {
  const { wallet: _, ...client } = account.client;
  return {
    ...client,
    sender: {
      address: account.address,
      send: (calls, further) => sendCalls(account, calls, { ...options, ...further }),
    },
  };
}
