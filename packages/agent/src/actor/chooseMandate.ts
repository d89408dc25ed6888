import { LichenError, type Terms } from '@lichen/protocol';
import { executionsOf, mandateExecutorAbi, onChain } from '@lichen/sdk';
import { type Hex, isAddressEqual } from 'viem';
import type { AgentCall } from '../runtime/types.ts';
import type { ActorCore } from './types.ts';

/** Whether a mandate names the contract and function of each call. The chain looks at everything else. */
function names(terms: Terms, calls: readonly AgentCall[]): boolean {
  return calls.every(({ to, data }) =>
    terms.permissions.some(
      ({ target, selector }) =>
        isAddressEqual(target, to) && selector.toLowerCase() === data.slice(0, 10).toLowerCase(),
    ),
  );
}

export interface ChosenMandate {
  readonly id: Hex;
  readonly terms: Terms;
}

/**
 * The first mandate that covers the calls now, as the chain says.
 * @throws LichenError `mandate-*` with the reason of the last one that named these functions; `chain-unreachable`
 */
export async function chooseMandate(
  core: ActorCore,
  mandates: readonly Terms[],
  calls: readonly AgentCall[],
): Promise<ChosenMandate> {
  const { account, executor: address, client } = core;
  const contract = { address, abi: mandateExecutorAbi } as const;
  let refusal = new LichenError('mandate-denied', 'No mandate of the agent names these functions.', {
    got: calls
      .map(({ to, data }) => `${data.slice(0, 10)} of ${to}`)
      .join(', ')
      .slice(0, 300),
    expected: `one of the ${mandates.length} mandates that it was given`,
    next: 'Ask the account for a mandate that allows it.',
    retry: 'after-fix',
  });
  for (const terms of mandates) {
    if (!isAddressEqual(terms.agent, core.signer.address) || !names(terms, calls)) continue;
    try {
      const [id] = await onChain(
        Promise.all([
          client.chain.readContract({ ...contract, functionName: 'idOf', args: [account, terms] }),
          client.chain.readContract({
            ...contract,
            functionName: 'check',
            args: [account, terms, executionsOf(calls)],
          }),
        ]),
      );
      return { id, terms };
    } catch (error) {
      const reason = error as LichenError;
      if (!reason.code.startsWith('mandate-')) throw error;
      refusal = reason;
    }
  }
  throw refusal;
}
