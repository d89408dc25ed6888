import type { Hex } from 'viem';
import type { AccountClient, SendOptions, SentCalls } from './accountClient.ts';
import { pauseMandateCall } from './mandateCalls.ts';
import { sendCalls } from './sendCalls.ts';

/**
 * Pauses one mandate, or lets it go on. Only the account can do either. One prompt.
 * @throws LichenError `mandate-revoked` when there is no such mandate, and what `sendCalls` throws.
 */
export function pauseMandate(
  account: AccountClient,
  parameters: { readonly id: Hex; readonly paused: boolean },
  options: SendOptions = {},
): Promise<SentCalls> {
  return sendCalls(account, [pauseMandateCall(account.client, parameters)], options);
}
