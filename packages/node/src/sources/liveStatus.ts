import type { Flight } from '@lichen/protocol';
import { type FlightAnswer, type FlightState, type FlightStatus, LichenError } from '@lichen/protocol';
import type { FlightQuery } from './source.ts';

/** Minutes late at which a flight counts as late. */
const lateMinutes = 60;

/** What a live provider told about a flight, in unix seconds. */
export interface LiveTimes {
  readonly departedAt: number | null;
  readonly arrivedAt: number | null;
  readonly cancelled: boolean;
  readonly diverted: boolean;
}

/** Live providers need the flight itself. @throws LichenError `bad-input` */
export function requireFlight(query: FlightQuery): Flight {
  if (query.flight !== undefined) return query.flight;
  throw new LichenError('bad-input', 'A live source must be told the flight, not only its id.', {
    got: query.flightId,
    next: 'Pass the flight as the contract recorded it.',
    retry: 'after-fix',
  });
}

/** State and certain answer from a provider's times: the same rule for every live provider. */
export function liveStatus(
  flight: Flight,
  times: LiveTimes,
  now: number,
): { status: FlightStatus; answer: FlightAnswer | undefined } {
  const minutesAfter = (at: number | null, scheduled: number) =>
    at === null ? null : Math.round((at - scheduled) / 60);
  const arrivalDelayMinutes = times.diverted ? null : minutesAfter(times.arrivedAt, flight.arrivesAt);
  let state: FlightState = 'scheduled';
  if (times.cancelled) state = 'cancelled';
  else if (times.diverted) state = 'diverted';
  else if (arrivalDelayMinutes !== null) state = arrivalDelayMinutes >= lateMinutes ? 'late' : 'on-time';
  else if (now >= flight.arrivesAt + lateMinutes * 60) state = 'still-flying';
  else if (times.departedAt !== null) state = 'airborne';
  return {
    status: {
      state,
      departureDelayMinutes: minutesAfter(times.departedAt, flight.departsAt),
      arrivalDelayMinutes,
      observedAt: now,
    },
    answer: state === 'scheduled' || state === 'airborne' ? undefined : state,
  };
}
