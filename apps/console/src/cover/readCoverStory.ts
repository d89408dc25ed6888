import { type FlightStatus, questionIdOf, type SignedStatement } from '@lichen/protocol';
import {
  collectStatements,
  flightCoverAbi,
  getFlight,
  getPolicy,
  getQuestion,
  type LichenClient,
  onChain,
  type Policy,
  type Question,
} from '@lichen/sdk';
import type { Hex } from 'viem';
import { type Dispute, listDisputes } from '../oracle/listDisputes.ts';
import { type Payment, readPayment } from './readPayment.ts';

/** Everything that is known of one cover at one moment. */
export interface CoverStory {
  readonly policy: Policy;
  /** Chain time of the purchase, unix seconds. */
  readonly boughtAt: number;
  readonly question: Question;
  /** Challenges of the answer, newest first. */
  readonly disputes: readonly Dispute[];
  /** Null when the sources do not agree on anything now. */
  readonly status: FlightStatus | null;
  readonly statements: readonly SignedStatement[];
  readonly payment: Payment | null;
}

/**
 * Reads a cover's story from chain and gateway. Silent sources leave gaps in it, an unreachable chain fails it.
 * @throws LichenError `not-found`, `chain-unreachable`, `timeout`.
 */
export async function readCoverStory(client: LichenClient, policyId: Hex): Promise<CoverStory> {
  const policy = await getPolicy(client, { policyId });
  const { flightId } = policy;
  const readQuestion = async () => {
    const spec = await onChain(
      client.chain.readContract({
        address: client.addresses.flightCover,
        abi: flightCoverAbi,
        functionName: 'questionOf',
        args: [flightId],
      }),
    );
    const questionId = questionIdOf(client.config.chainId, client.addresses.oracle, spec);
    return Promise.all([getQuestion(client, { questionId }), listDisputes(client, { questionId })]);
  };
  const [block, [question, disputes], flight, statements, payment] = await Promise.all([
    onChain(client.chain.getBlock({ blockNumber: policy.boughtInBlock })),
    readQuestion(),
    getFlight(client, { flightId }).catch(() => null),
    collectStatements(client, { flightId }).catch(() => []),
    policy.state === 'live' ? null : readPayment(client, policyId),
  ]);
  return {
    policy,
    boughtAt: Number(block.timestamp),
    question,
    disputes,
    status: flight?.status ?? null,
    statements,
    payment,
  };
}
