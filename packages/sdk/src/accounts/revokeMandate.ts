import type { Hex } from 'viem';
import type { AccountClient, SendOptions, SentCalls } from './accountClient.ts';
import { revokeCall } from './mandateCalls.ts';
import { sendCalls } from './sendCalls.ts';

/**
 * Revokes one mandate for good: from this block on, its agent can do nothing with it. One prompt.
 * @throws LichenError `mandate-revoked` when it is revoked already or unknown, and what `sendCalls` throws.
 */
export function revokeMandate(
  account: AccountClient,
  parameters: { readonly id: Hex },
  options: SendOptions = {},
): Promise<SentCalls> {
  return sendCalls(account, [revokeCall(account.client, parameters)], options);
}
