import { mandateExecutorAbi } from '@lichen/contracts';
import type { Address } from 'viem';
import type { LichenClient } from '../client/createLichenClient.ts';
import { onChain } from '../client/toLichenError.ts';
import { accountsOf } from './accountClient.ts';

/** What holds for all mandates of an account together. */
export interface MandateState {
  /** Mandates of earlier epochs are revoked. */
  readonly epoch: bigint;
  /** All mandates of the account are paused. */
  readonly isPaused: boolean;
  /** The account's one budget in the asset that was asked about. */
  readonly budget?: {
    /** What can be spent in any window of `period` seconds, base units; 0: nothing can be spent. */
    readonly amount: bigint;
    readonly period: number;
    /** What is left now, base units. */
    readonly left: bigint;
  };
}

/**
 * Whether an account's mandates are paused, and its budget in an asset.
 * @throws LichenError `not-found` when the network has no accounts, `chain-unreachable`.
 */
export async function getMandateState(
  client: LichenClient,
  parameters: { readonly account: Address; readonly asset?: Address },
): Promise<MandateState> {
  const { account, asset } = parameters;
  const executor = { address: accountsOf(client).mandateExecutor, abi: mandateExecutorAbi } as const;
  const [epoch, isPaused, budget] = await onChain(
    Promise.all([
      client.chain.readContract({ ...executor, functionName: 'epochOf', args: [account] }),
      client.chain.readContract({ ...executor, functionName: 'isPaused', args: [account] }),
      asset === undefined
        ? undefined
        : client.chain.readContract({ ...executor, functionName: 'budgetOf', args: [account, asset] }),
    ]),
  );
  if (budget === undefined) return { epoch, isPaused };
  const [amount, period, left] = budget;
  return { epoch, isPaused, budget: { amount, period, left } };
}
