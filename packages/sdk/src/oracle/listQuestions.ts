import { oracleAbi } from '@lichen/contracts';
import { type Outcome, outcomes, type QuestionSpec } from '@lichen/protocol';
import type { Address, Hex } from 'viem';
import type { LichenClient } from '../client/createLichenClient.ts';
import { onChain } from '../client/toLichenError.ts';
import { indicesOf } from './indicesOf.ts';

/** In the order of `Status` on chain. */
export const questionStatuses = ['none', 'pending', 'accepted', 'disputed', 'final', 'cancelled'] as const;
export type QuestionStatus = (typeof questionStatuses)[number];

/** A question as it was asked, and its answer as far as there is one. Times are chain time, unix seconds. */
export interface Question {
  readonly questionId: Hex;
  /** The whole spec: every further call about the question passes it again. */
  readonly spec: QuestionSpec;
  /** Paid by the asker, base units of the oracle's token. */
  readonly fee: bigint;
  readonly status: QuestionStatus;
  /** Null until something is accepted. */
  readonly answer: {
    readonly outcome: Outcome;
    /** Two's complement int256, or 16 packed uint16 for a vector. */
    readonly value: Hex;
    readonly confidenceBps: number;
    readonly acceptedAt: number;
    readonly round: number;
    /** Indices of the reporters who signed the round. */
    readonly signers: readonly number[];
  } | null;
  readonly askedInBlock: bigint;
}

/**
 * Questions from the asking logs with their present answers, newest first.
 * @throws LichenError `chain-unreachable`, `timeout`.
 */
export async function listQuestions(
  client: LichenClient,
  parameters: {
    readonly asker?: Address;
    readonly topic?: Hex;
    readonly questionId?: Hex;
    /** At most this many; 50 when absent. */
    readonly limit?: number;
    readonly fromBlock?: bigint;
  } = {},
): Promise<readonly Question[]> {
  const { asker, topic, questionId, limit, fromBlock } = parameters;
  const oracle = { address: client.addresses.oracle, abi: oracleAbi } as const;
  const logs = await onChain(
    client.chain.getContractEvents({
      ...oracle,
      eventName: 'QuestionAsked',
      args: {
        ...(questionId === undefined ? {} : { id: questionId }),
        ...(asker === undefined ? {} : { asker }),
        ...(topic === undefined ? {} : { topic }),
      },
      fromBlock: fromBlock ?? 0n,
      toBlock: 'latest',
      strict: true,
    }),
  );
  const wanted = logs.slice(-(limit ?? 50)).reverse();
  return onChain(
    Promise.all(
      wanted.map(async ({ args, blockNumber }): Promise<Question> => {
        const answer = await client.chain.readContract({
          ...oracle,
          functionName: 'answerOf',
          args: [args.id],
        });
        const status = questionStatuses[answer.status] ?? 'none';
        return {
          questionId: args.id,
          spec: args.spec,
          fee: args.fee,
          status,
          answer:
            answer.acceptedAt === 0
              ? null
              : {
                  outcome: outcomes[answer.outcome] ?? 'unresolved',
                  value: answer.value,
                  confidenceBps: answer.confidenceBps,
                  acceptedAt: answer.acceptedAt,
                  round: answer.round,
                  signers: indicesOf(answer.signers),
                },
          askedInBlock: blockNumber,
        };
      }),
    ),
  );
}
