import {
  type Flight,
  flightAnswers,
  flightIdOf,
  flightInputOf,
  flightOfInput,
  flightTopic,
  LichenError,
  type QuestionSpec,
} from '@lichen/protocol';
import { bytesToBigInt, zeroHash } from 'viem';
import type { LichenClient } from '../client/createLichenClient.ts';
import { getChainTime } from '../client/getChainTime.ts';
import { accountOf, type TransactionOptions } from '../client/sendTransaction.ts';
import { requestGateway } from '../network/requestGateway.ts';
import { type AskedQuestion, sendQuestion } from './sendQuestion.ts';

export interface AskFlightQuestionParameters extends TransactionOptions {
  /** A flight of the present, by its schedule; times in unix seconds. */
  readonly flight: Flight;
  /** Seconds after the scheduled arrival within which it must be answered; three days when absent. */
  readonly answerWithin?: number;
  /** Seconds from ACCEPTED to FINAL; 60 when absent. */
  readonly liveness?: number;
}

/** Some providers derive arrivals in the night after. */
const usualPatience = 3 * 86_400;

/**
 * Asks the oracle how a live flight ended: on time, late (60 minutes and more), cancelled, diverted or still flying. The
 * flight's bytes go to the reporters, its id to the chain; the question opens at the scheduled arrival. Only a network
 * with live sources answers; elsewhere the question can be cancelled after its time, and the fee returns.
 * @throws LichenError `bad-input` for a flight that cannot be or a time that is over, `no-quorum`, `too-little-money`,
 * `timeout`, `chain-unreachable`
 */
export async function askFlightQuestion(
  client: LichenClient,
  parameters: AskFlightQuestionParameters,
): Promise<AskedQuestion> {
  const asker = accountOf(client);
  const { flight } = parameters;
  const input = flightInputOf(flight);
  if (flightOfInput(input) === undefined) {
    throw new LichenError('bad-input', 'That is no flight that could be.', {
      got: JSON.stringify(flight),
      expected: 'airline of two and airports of three capitals, arrival within a day after departure',
      retry: 'after-fix',
    });
  }
  const now = await getChainTime(client);
  const answerBy = flight.arrivesAt + (parameters.answerWithin ?? usualPatience);
  if (answerBy <= now) {
    throw new LichenError('bad-input', 'It is too late to ask about that flight.', {
      got: `an answer wanted by ${answerBy}`,
      expected: `after ${now}`,
      next: 'Ask about a later flight, or allow more time.',
      retry: 'after-fix',
    });
  }
  const flightId = flightIdOf(flight);
  await requestGateway(client.gatewayUrl, '/v1/inputs', { body: { input } });
  const spec: QuestionSpec = {
    asker,
    kind: 1,
    low: 0n,
    high: BigInt(flightAnswers.length - 1),
    topic: flightTopic,
    subject: flightId,
    modelId: zeroHash,
    // Equal to the subject: what makes it a question about a live flight (docs/spec/sources.md).
    inputHash: flightId,
    opensAt: flight.arrivesAt,
    answerBy,
    liveness: parameters.liveness ?? 60,
    callbackGas: 0,
    salt: bytesToBigInt(crypto.getRandomValues(new Uint8Array(8))),
  };
  return sendQuestion(client, spec, parameters);
}
