import type { AccountClient, SendOptions, SentCalls } from './accountClient.ts';
import { pauseAccountCall } from './mandateCalls.ts';
import { sendCalls } from './sendCalls.ts';

/**
 * Pauses all mandates of the account, present and future, or lets them go on. Only the account can do either. One prompt.
 * @throws LichenError what `sendCalls` throws.
 */
export function pauseAccount(
  account: AccountClient,
  parameters: { readonly paused: boolean },
  options: SendOptions = {},
): Promise<SentCalls> {
  return sendCalls(account, [pauseAccountCall(account.client, parameters)], options);
}
