import {
  type FlightAnswer,
  type FlightOutcome,
  type FlightResult,
  type FlightState,
  type FlightStatus,
  flightAnswers,
  flightTopic,
  type Statement,
} from '@lichen/protocol';
import type { BookedFlight } from './flightBook.ts';
import { chainTimeAfter, lapShift, type ReplayWorld, recordedNow } from './replayWorld.ts';

/** Recorded seconds after the scheduled arrival from which a flight that has not landed is certainly late. */
export const certainlyLateAfter = 3_600;

/** What an observer at a chain time can know of a flight, and since which recorded moment (unfolded). */
export interface KnownStatus {
  readonly status: FlightStatus;
  /** The answer a source can sign, absent while nothing is certain. */
  readonly answer: FlightAnswer | undefined;
  /** Chain second since which `answer` holds: the statement's time, equal however often it is asked. */
  readonly knownSince: number;
}

/** Status of a flight at a chain time (fractions allowed), from its recorded outcome. */
export function flightStatusAt(
  world: ReplayWorld,
  booked: BookedFlight,
  outcome: FlightOutcome,
  chainNow: number,
): KnownStatus {
  const shift = lapShift(world, booked.lap);
  const now = recordedNow(world, chainNow) - shift;
  const { scheduledDeparture, scheduledArrival } = booked.flight;
  const observedAt = Math.floor(chainNow);
  const landed = now >= outcome.knownAt;
  const departed =
    outcome.result !== 'cancelled' && now >= scheduledDeparture + outcome.departureDelayMinutes * 60;
  const overdue = now >= scheduledArrival + certainlyLateAfter;
  let state: FlightState = 'scheduled';
  if (landed) state = outcome.result;
  else if (overdue) state = 'still-flying';
  else if (departed) state = 'airborne';
  const answer = landed ? outcome.result : overdue ? 'still-flying' : undefined;
  const knownAt = landed ? outcome.knownAt : scheduledArrival + certainlyLateAfter;
  const flew = outcome.result === 'on-time' || outcome.result === 'late';
  return {
    status: {
      state,
      departureDelayMinutes: departed ? outcome.departureDelayMinutes : null,
      arrivalDelayMinutes: landed && flew ? outcome.arrivalDelayMinutes : null,
      observedAt,
    },
    answer,
    knownSince: chainTimeAfter(world, knownAt + shift),
  };
}

/** The opposite of the truth in money: what a bribed source would say. */
export function liedResult(result: FlightResult): FlightResult {
  return result === 'on-time' ? 'late' : 'on-time';
}

/** An outcome as a lying source tells it. */
export function liedOutcome(outcome: FlightOutcome): FlightOutcome {
  const result = liedResult(outcome.result);
  return { ...outcome, result, arrivalDelayMinutes: result === 'late' ? 90 : 0 };
}

/** The typed word of a source on a flight's answer. */
export function flightStatement(flightId: `0x${string}`, known: KnownStatus): Statement | undefined {
  if (known.answer === undefined) return undefined;
  return {
    topic: flightTopic,
    subject: flightId,
    value: BigInt(flightAnswers.indexOf(known.answer)),
    detail: BigInt(known.status.arrivalDelayMinutes ?? 0),
    observedAt: known.knownSince,
  };
}
