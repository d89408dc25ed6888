import { type FlightState, flightAnswers } from '@lichen/protocol';
import type { Question } from '@lichen/sdk';
import { type Hex, hexToBigInt } from 'viem';
import { flightStateText } from './flightStateText.ts';

const noDelays = { departureDelayMinutes: null, arrivalDelayMinutes: null };

/** The flight result that a typed answer stands for; undefined outside the list. */
export function flightAnswerOf(value: bigint): FlightState | undefined {
  return flightAnswers[Number(value)];
}

/** A typed integer answer (bytes32, two's complement) as a number. */
export function integerOfAnswer(value: Hex): bigint {
  return BigInt.asIntN(256, hexToBigInt(value));
}

/** A flight answer in words: `Landed late`, or why there is none. */
export function answerText(outcome: NonNullable<Question['answer']>['outcome'], value: Hex): string {
  if (outcome === 'unresolved') return 'No majority: the premium comes back';
  if (outcome === 'too-early') return 'Too early to say';
  const state = flightAnswerOf(integerOfAnswer(value));
  return state === undefined ? `Answer ${integerOfAnswer(value)}` : flightStateText({ ...noDelays, state });
}
