import type { Hex } from 'viem';

/** The airports of departure in the shipped record. */
export type Origin = 'EWR' | 'JFK' | 'LGA';

/** One flight as the airline scheduled it. Times are unix seconds UTC of the recorded year ("recorded time"). */
export interface RecordedFlight {
  /** Row of the shipped table: identifies the recorded flight for good. */
  readonly row: number;
  /** Two-letter IATA code of the carrier. */
  readonly carrier: string;
  readonly number: number;
  readonly origin: Origin;
  readonly destination: string;
  /** Empty when the record has none (most cancelled flights). */
  readonly tail: string;
  /** Great-circle distance in statute miles. */
  readonly distanceMiles: number;
  readonly scheduledDeparture: number;
  readonly scheduledArrival: number;
  /** The aircraft's year of make, 0 when unknown. */
  readonly aircraftYear: number;
}

export const flightResults = ['on-time', 'late', 'cancelled', 'diverted'] as const;
export type FlightResult = (typeof flightResults)[number];

/** What became of a flight, and when that could first be known (recorded time). */
export interface FlightOutcome {
  readonly row: number;
  readonly carrier: string;
  readonly origin: Origin;
  readonly destination: string;
  readonly tail: string;
  readonly scheduledDeparture: number;
  /** `late` means 60 minutes or more. */
  readonly result: FlightResult;
  /** Minutes, negative when early; 0 where the record has none (cancelled, diverted). */
  readonly departureDelayMinutes: number;
  readonly arrivalDelayMinutes: number;
  /** Actual arrival; scheduled departure when cancelled; the recorded landing or scheduled arrival + 60 min when diverted. */
  readonly knownAt: number;
}

/** One hourly observation of a station, in the units of the record. Missing readings are null. */
export interface WeatherObservation {
  readonly station: Origin;
  /** Recorded time, unix seconds. */
  readonly observedAt: number;
  readonly temperatureF: number | null;
  readonly dewPointF: number | null;
  readonly humidityPercent: number | null;
  readonly windMph: number | null;
  readonly gustMph: number | null;
  readonly precipitationInches: number | null;
  readonly pressureMillibar: number | null;
  readonly visibilityMiles: number | null;
}

/** Maps recorded time to chain time: `recorded = recordedEpoch + (chain - chainEpoch) * speed`. */
export interface WorldClock {
  readonly recordedEpoch: number;
  readonly chainEpoch: number;
  /** Recorded seconds per chain second; 1 in live mode. */
  readonly speed: number;
}

/** Chain time, in whole seconds rounded down, at which a recorded moment happens. */
export function chainTimeOf(clock: WorldClock, recorded: number): number {
  return clock.chainEpoch + Math.floor((recorded - clock.recordedEpoch) / clock.speed);
}

/** Recorded time, in whole seconds, at a chain time (fractions of a second allowed). */
export function recordedTimeOf(clock: WorldClock, chain: number): number {
  return Math.floor(clock.recordedEpoch + (chain - clock.chainEpoch) * clock.speed);
}

/** A recorded flight placed on the chain's clock. */
export interface WorldFlight extends RecordedFlight {
  readonly flightId: Hex;
  /** Chain time, unix seconds. */
  readonly departsAt: number;
  readonly arrivesAt: number;
  /** Local scheduled date and time at the airport of departure, `2013-12-05 21:35`. */
  readonly recordedLocal: string;
}

/** `on-time` … `diverted` are final; `still-flying` = not landed 60 min after schedule, so lateness is certain. */
export type FlightState = 'scheduled' | 'airborne' | 'still-flying' | FlightResult;

export interface FlightStatus {
  readonly state: FlightState;
  readonly departureDelayMinutes: number | null;
  readonly arrivalDelayMinutes: number | null;
  /** Chain time of this observation, unix seconds. */
  readonly observedAt: number;
}
