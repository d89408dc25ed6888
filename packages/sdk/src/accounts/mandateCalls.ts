import { mandateExecutorAbi } from '@lichen/contracts';
import type { Terms } from '@lichen/protocol';
import { type Address, encodeFunctionData, type Hex } from 'viem';
import type { LichenClient } from '../client/createLichenClient.ts';
import { accountsOf, type Call } from './accountClient.ts';

/** The one budget of all mandates of an account in an asset. */
export interface Budget {
  /** ERC-20. */
  readonly asset: Address;
  /** Largest sum in any window of `period`, base units of the asset. */
  readonly amount: bigint;
  /** Seconds. */
  readonly period: number;
}

function call(client: LichenClient, data: Hex): Call {
  return { to: accountsOf(client).mandateExecutor, data };
}

/** The account's call that sets its budget in an asset. Several calls in one `sendCalls` are one prompt. */
export function setBudgetCall(client: LichenClient, { asset, amount, period }: Budget): Call {
  return call(
    client,
    encodeFunctionData({
      abi: mandateExecutorAbi,
      functionName: 'setBudget',
      args: [asset, amount, period],
    }),
  );
}

/** The account's call that grants a mandate; `label` is its own name for the agent. */
export function grantCall(
  client: LichenClient,
  { terms, label }: { readonly terms: Terms; readonly label: string },
): Call {
  return call(
    client,
    encodeFunctionData({ abi: mandateExecutorAbi, functionName: 'grant', args: [terms, label] }),
  );
}

/** The account's call that revokes one mandate. */
export function revokeCall(client: LichenClient, { id }: { readonly id: Hex }): Call {
  return call(client, encodeFunctionData({ abi: mandateExecutorAbi, functionName: 'revoke', args: [id] }));
}

/** The account's call that revokes all its mandates. */
export function revokeAllCall(client: LichenClient): Call {
  return call(client, encodeFunctionData({ abi: mandateExecutorAbi, functionName: 'revokeAll' }));
}

/** The account's call that pauses one mandate, or lets it go on. */
export function pauseMandateCall(
  client: LichenClient,
  { id, paused }: { readonly id: Hex; readonly paused: boolean },
): Call {
  return call(
    client,
    encodeFunctionData({ abi: mandateExecutorAbi, functionName: 'pauseMandate', args: [id, paused] }),
  );
}

/** The account's call that pauses all its mandates, or lets them go on. */
export function pauseAccountCall(client: LichenClient, { paused }: { readonly paused: boolean }): Call {
  return call(
    client,
    encodeFunctionData({ abi: mandateExecutorAbi, functionName: 'pauseAccount', args: [paused] }),
  );
}
