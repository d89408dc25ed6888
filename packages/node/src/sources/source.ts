import type {
  Flight,
  FlightAnswer,
  FlightOutcome,
  FlightStatus,
  Origin,
  SignedStatement,
  WeatherObservation,
  WorldFlight,
} from '@lichen/protocol';
import type { Hex } from 'viem';
import type { Evidence } from '../evidence/evidenceStore.ts';

/** Which flight is asked about. Live providers know no flight ids and need the flight itself. */
export interface FlightQuery {
  readonly flightId: Hex;
  readonly flight?: Flight;
}

/** What one source says about a flight, with the bytes that prove it said so. */
export interface FlightObservation {
  readonly status: FlightStatus;
  /** Set once the source is certain. */
  readonly answer: FlightAnswer | undefined;
  /** The source's signed word, from sources that sign. */
  readonly statement: SignedStatement | undefined;
  /** The flight as the source describes it, from sources that do. */
  readonly flight: WorldFlight | undefined;
  readonly evidence: Evidence;
}

/** A provider of flight status. */
export interface FlightStatusSource {
  readonly name: string;
  /** @throws LichenError `source-unavailable`, `timeout` or `unknown-flight` */
  observe(query: FlightQuery): Promise<FlightObservation>;
}

/** A provider of hourly weather at the airports of departure. */
export interface WeatherSource {
  readonly name: string;
  /** Latest observation at or before `asOf` (recorded unix seconds; unix seconds in live mode). */
  observation(
    station: Origin,
    asOf: number,
  ): Promise<{ observation: WeatherObservation; evidence: Evidence }>;
}

/** A provider of flights' outcomes and schedules, for the features of the model. */
export interface OutcomeFeed {
  readonly name: string;
  /** Outcomes with knownAt in [from, to), recorded seconds. */
  outcomes(from: number, to: number): Promise<{ outcomes: readonly FlightOutcome[]; evidence: Evidence }>;
  /** Scheduled departures of an airport in the hour that starts then. */
  traffic(origin: Origin, hourStart: number): Promise<{ departures: number; evidence: Evidence }>;
}
