import type { AccountClient, SendOptions, SentCalls } from './accountClient.ts';
import { revokeAllCall } from './mandateCalls.ts';
import { sendCalls } from './sendCalls.ts';

/**
 * Revokes every mandate of the account for good, in one step however many there are. One prompt.
 * @throws LichenError what `sendCalls` throws.
 */
export function revokeAllMandates(account: AccountClient, options: SendOptions = {}): Promise<SentCalls> {
  return sendCalls(account, [revokeAllCall(account.client)], options);
}
