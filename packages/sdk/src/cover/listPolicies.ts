import { flightCoverAbi } from '@lichen/contracts';
import { decodeFlight, flightIdOf, LichenError } from '@lichen/protocol';
import type { Address, GetContractEventsReturnType, Hex } from 'viem';
import type { LichenClient } from '../client/createLichenClient.ts';
import { onChain } from '../client/toLichenError.ts';
import { flightOutcomes, type Policy, policyStates } from './policy.ts';

type BoughtLog = GetContractEventsReturnType<typeof flightCoverAbi, 'PolicyBought', true>[number];

/** One policy from its purchase log and the state of now. */
async function policyOfLog(client: LichenClient, log: BoughtLog): Promise<Policy> {
  const { id, holder, flightId, payout, quote, report } = log.args;
  const cover = { address: client.addresses.flightCover, abi: flightCoverAbi } as const;
  const [policy, flight] = await onChain(
    Promise.all([
      client.chain.readContract({ ...cover, functionName: 'policyOf', args: [id] }),
      client.chain.readContract({ ...cover, functionName: 'flightOf', args: [flightId] }),
    ]),
  );
  const facts = decodeFlight(report);
  if (flightIdOf(facts) !== flightId) {
    throw new LichenError('internal', 'A purchase log contradicts itself.', {
      got: `transaction ${log.transactionHash}`,
    });
  }
  return {
    policyId: id,
    holder,
    flightId,
    flight: facts,
    state: policyStates[policy.state] ?? 'none',
    outcome: flightOutcomes[flight.outcome] ?? 'open',
    payout,
    parts: quote,
    features: report.features,
    observedAt: report.observedAt,
    day: report.day,
    boughtInBlock: log.blockNumber,
    transaction: log.transactionHash,
  };
}

/**
 * Policies from the purchase logs and the contract's present state, oldest purchase first.
 * @throws LichenError `chain-unreachable`, `timeout`.
 */
export async function listPolicies(
  client: LichenClient,
  parameters: {
    /** Only this account's; everybody's when absent. */
    readonly holder?: Address;
    readonly flightId?: Hex;
    readonly policyId?: Hex;
    /** First block to look at; 0 when absent. */
    readonly fromBlock?: bigint;
  } = {},
): Promise<readonly Policy[]> {
  const { holder, flightId, policyId, fromBlock } = parameters;
  const logs = await onChain(
    client.chain.getContractEvents({
      address: client.addresses.flightCover,
      abi: flightCoverAbi,
      eventName: 'PolicyBought',
      args: {
        ...(policyId === undefined ? {} : { id: policyId }),
        ...(holder === undefined ? {} : { holder }),
        ...(flightId === undefined ? {} : { flightId }),
      },
      fromBlock: fromBlock ?? 0n,
      toBlock: 'latest',
      strict: true,
    }),
  );
  return Promise.all(logs.map((log) => policyOfLog(client, log)));
}
