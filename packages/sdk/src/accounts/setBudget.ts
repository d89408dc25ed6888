import type { AccountClient, SendOptions, SentCalls } from './accountClient.ts';
import { type Budget, setBudgetCall } from './mandateCalls.ts';
import { sendCalls } from './sendCalls.ts';

/**
 * Sets the one budget of all mandates of the account in an asset. One prompt.
 * @throws LichenError `bad-input` for a budget that the chain refuses, and what `sendCalls` throws.
 */
export function setBudget(
  account: AccountClient,
  parameters: Budget,
  options: SendOptions = {},
): Promise<SentCalls> {
  return sendCalls(account, [setBudgetCall(account.client, parameters)], options);
}
