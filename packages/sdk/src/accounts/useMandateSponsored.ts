import { mandateExecutorAbi } from '@lichen/contracts';
import { LichenError } from '@lichen/protocol';
import { encodeFunctionData, hexToNumber, isAddressEqual, slice, zeroHash } from 'viem';
import type { LichenClient } from '../client/createLichenClient.ts';
import { type Agent, accountsOf, type Birth, type SendOptions, type SentCalls } from './accountClient.ts';
import { encodeCalls, executionsOf } from './encodeCalls.ts';
import { mandateNonceKey } from './operation.ts';
import { prepareOperation } from './prepareOperation.ts';
import { agentStub, signByAgent } from './signOperation.ts';
import { submitOperation } from './submitOperation.ts';
import type { UseMandateParameters } from './useMandate.ts';

export interface UseMandateSponsoredParameters extends UseMandateParameters {
  /** Signs the operation; must be the mandate's agent. */
  readonly agent: Agent;
  /** How the account comes into being, when this is its first operation. */
  readonly birth?: Birth;
}

/**
 * Makes calls as the account, within a mandate, paid by the network's sponsor: the agent needs no ether. Nobody is asked.
 * A refused operation burns no budget.
 * @throws LichenError `mandate-denied`, `mandate-spent`, `mandate-expired`, `mandate-revoked`, `mandate-paused`; the
 * called contract's own reason; `sponsor-exhausted`, `bundler-unreachable`, `timeout`, `chain-unreachable`.
 */
export async function useMandateSponsored(
  client: LichenClient,
  parameters: UseMandateSponsoredParameters,
  options: SendOptions = {},
): Promise<SentCalls> {
  const { agent, account, terms, calls, birth, intent = zeroHash } = parameters;
  if (!isAddressEqual(agent.address, terms.agent)) {
    throw new LichenError('mandate-denied', 'The mandate was given to another agent.', {
      got: agent.address,
      expected: terms.agent,
      next: 'Act with the key that the mandate names.',
      retry: 'after-fix',
    });
  }
  const { mandateExecutor, mandateValidator } = accountsOf(client);
  const act = encodeFunctionData({
    abi: mandateExecutorAbi,
    functionName: 'actAs',
    args: [terms, executionsOf(calls), intent],
  });
  const { operation, sinceBlock } = await prepareOperation(client, {
    sender: account,
    // A lane of the agent's own: agents of one account do not wait for each other.
    nonceKey: mandateNonceKey(mandateValidator, hexToNumber(slice(agent.address, 16))),
    callData: encodeCalls([{ to: mandateExecutor, data: act }]),
    ...(birth === undefined ? {} : { birth }),
    stubSignature: agentStub,
  });
  const signature = await signByAgent(client, agent, operation);
  return submitOperation(client, { operation: { ...operation, signature }, sinceBlock }, options);
}
