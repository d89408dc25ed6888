import { mandateExecutorAbi } from '@lichen/contracts';
import { LichenError, type Terms } from '@lichen/protocol';
import { type Hex, isAddressEqual, parseEventLogs } from 'viem';
import { getChainTime } from '../client/getChainTime.ts';
import { type AccountClient, accountsOf, type SendOptions, type SentCalls } from './accountClient.ts';
import { type Budget, grantCall, setBudgetCall } from './mandateCalls.ts';
import { sendCalls } from './sendCalls.ts';

export interface GrantMandateParameters {
  readonly terms: Terms;
  /** The account's own name for the agent, shown wherever the mandate is. */
  readonly label: string;
  /** Sets the account's budget in the mandate's asset in the same operation: without one nothing can be spent. */
  readonly budget?: Omit<Budget, 'asset'>;
}

export interface GrantedMandate extends SentCalls {
  /** Id of the mandate. */
  readonly id: Hex;
}

/**
 * Grants an agent a mandate. One prompt, with or without a budget.
 * @throws LichenError `bad-input` for terms that the chain refuses, and what `sendCalls` throws.
 */
export async function grantMandate(
  account: AccountClient,
  parameters: GrantMandateParameters,
  options: SendOptions = {},
): Promise<GrantedMandate> {
  const { terms, label, budget } = parameters;
  const { client } = account;
  // The chain does not look at its clock in a grant, which may be part of an account's creation (ERC-7562).
  const now = await getChainTime(client);
  if (terms.validUntil <= now) {
    throw new LichenError('bad-input', 'That mandate would have ended before it begins.', {
      got: `valid until ${terms.validUntil}`,
      expected: `after ${now}, unix seconds`,
      next: 'Choose a later end.',
      retry: 'after-fix',
    });
  }
  const sent = await sendCalls(
    account,
    [
      ...(budget === undefined ? [] : [setBudgetCall(client, { asset: terms.asset, ...budget })]),
      grantCall(client, { terms, label }),
    ],
    options,
  );
  const granted = parseEventLogs({
    abi: mandateExecutorAbi,
    eventName: 'MandateGranted',
    logs: sent.receipt.logs.filter((log) => isAddressEqual(log.address, accountsOf(client).mandateExecutor)),
  }).find((log) => log.args.account === account.address && log.args.terms.salt === terms.salt);
  if (granted === undefined) {
    throw new LichenError('internal', 'The grant left no mandate.', {
      got: `transaction ${sent.transactionHash}`,
      next: 'Check that the addresses in the gateway configuration belong to this release.',
    });
  }
  return { id: granted.args.id, ...sent };
}
