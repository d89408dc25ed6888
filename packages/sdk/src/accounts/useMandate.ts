import { mandateExecutorAbi } from '@lichen/contracts';
import type { Terms } from '@lichen/protocol';
import { type Address, encodeFunctionData, type Hex, zeroHash } from 'viem';
import type { LichenClient } from '../client/createLichenClient.ts';
import { type SentTransaction, sendTransaction, type TransactionOptions } from '../client/sendTransaction.ts';
import { accountsOf, type Call } from './accountClient.ts';
import { executionsOf } from './encodeCalls.ts';

export interface UseMandateParameters {
  /** Whose mandate it is. */
  readonly account: Address;
  readonly terms: Terms;
  readonly calls: readonly Call[];
  /** Hash of the decision that these calls carry out; zero when there is no record of it. */
  readonly intent?: Hex;
}

/**
 * Makes calls as the account, within a mandate, paid by the agent: the client's wallet is the agent. Simulated first, so
 * that a refusal costs nothing; a refused call burns no budget in any case.
 * @throws LichenError `mandate-denied`, `mandate-spent`, `mandate-expired`, `mandate-revoked`, `mandate-paused`; the
 * called contract's own reason; `too-little-money` when the agent cannot pay for gas; `timeout`, `chain-unreachable`.
 */
export function useMandate(
  client: LichenClient,
  parameters: UseMandateParameters,
  options: TransactionOptions = {},
): Promise<SentTransaction> {
  const { account, terms, calls, intent = zeroHash } = parameters;
  return sendTransaction(
    client,
    {
      to: accountsOf(client).mandateExecutor,
      data: encodeFunctionData({
        abi: mandateExecutorAbi,
        functionName: 'act',
        args: [account, terms, executionsOf(calls), intent],
      }),
    },
    options,
  );
}
