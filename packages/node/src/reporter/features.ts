import {
  applyOutcome,
  createFeatureState,
  encodeFlight,
  type FeatureState,
  type FlightFeatures,
  type FlightOutcome,
  featuresAt,
  featureTimeOf,
  flightFeaturesDigest,
  LichenError,
  type Verifier,
  type WorldFlight,
} from '@lichen/protocol';
import { type Hex, toHex } from 'viem';
import type { PrivateKeyAccount } from 'viem/accounts';
import type { FlightRecord } from '../record/loadRecord.ts';
import type { FlightStatusSource, OutcomeFeed, WeatherSource } from '../sources/source.ts';
import { lapSeconds, lapShift, type ReplayWorld, recordedNow } from '../world/replayWorld.ts';
import { longestOutcomeSpan } from '../world/statusSource.ts';
import { agreedBy } from './agreedBy.ts';
import { cellOf } from './weatherCell.ts';

export interface FeatureComponents {
  readonly world: ReplayWorld;
  /** The published record: history before the replayed window is read from it, the window itself only from sources. */
  readonly record: FlightRecord;
  readonly sources: readonly (FlightStatusSource & OutcomeFeed)[];
  readonly weather: WeatherSource;
  readonly verifier: Verifier;
  readonly account: PrivateKeyAccount;
  readonly clock: () => number;
  /** Told of each report before it is signed; what it throws keeps the signature back. */
  readonly beforeSigning?: (report: FlightFeatures, digest: Hex, flightId: Hex) => Promise<void>;
}

export interface SignedFeatures {
  readonly report: FlightFeatures;
  readonly signature: Hex;
  readonly flight: WorldFlight;
}

export interface FeatureSigner {
  /**
   * The signed features of a flight as of `observedAt` (chain seconds; one second ago when absent). Reporters asked for the
   * same second sign the same bytes.
   * @throws LichenError `unknown-flight`, `flight-departed`, `sources-disagree`, `source-unavailable`, `bad-input`
   */
  sign(flightId: Hex, observedAt?: number): Promise<SignedFeatures>;
}

/** The longest trailing window of the features is 30 days; two more let time step back a little. */
const historySeconds = 33 * 86_400;
/** Oldest moment of observation that is still signed, chain seconds. */
const oldestObservation = 30;

interface SyncedState {
  readonly state: FeatureState;
  /** Outcomes with knownAt before this recorded second are in. */
  syncedTo: number;
}

/** Creates the signer of a reporter: keeps the trailing record in step with the sources. */
export function createFeatureSigner(components: FeatureComponents): FeatureSigner {
  const { world, record, sources, weather, verifier, account, clock } = components;
  const states = new Map<number, SyncedState>();
  const flights = new Map<Hex, WorldFlight>();
  const traffic = new Map<string, number>();
  let turn: Promise<unknown> = Promise.resolve();

  async function flightOf(flightId: Hex): Promise<WorldFlight> {
    const known = flights.get(flightId);
    if (known !== undefined) return known;
    const flight = await agreedBy(
      sources.map(async (source) => (await source.observe({ flightId })).flight),
      'the flight',
    );
    if (flight === undefined) {
      throw new LichenError('unknown-flight', 'The sources do not describe that flight.', {
        got: flightId,
        retry: 'never',
      });
    }
    if (flights.size > 5_000) flights.clear();
    flights.set(flightId, flight);
    return flight;
  }

  async function syncedState(lap: number, asOf: number): Promise<FeatureState> {
    let synced = states.get(lap);
    if (synced === undefined || asOf < synced.syncedTo - 86_400 || asOf > synced.syncedTo + historySeconds) {
      const from = asOf - historySeconds;
      const upTo = Math.max(from, Math.min(asOf, world.recordedFrom));
      synced = { state: createFeatureState(), syncedTo: upTo };
      for (const row of record.rowsKnown(from, upTo)) applyOutcome(synced.state, record.outcomeAt(row));
      states.set(lap, synced);
      for (const old of states.keys()) if (old < lap - 1) states.delete(old);
    }
    while (synced.syncedTo < asOf) {
      const from = synced.syncedTo;
      const to = Math.min(asOf, from + longestOutcomeSpan);
      const outcomes: readonly FlightOutcome[] = await agreedBy(
        sources.map(async (source) => (await source.outcomes(from, to)).outcomes),
        'recent arrivals',
      );
      for (const outcome of outcomes) applyOutcome(synced.state, outcome);
      synced.syncedTo = to;
    }
    return synced.state;
  }

  async function trafficOf(flight: WorldFlight): Promise<number> {
    const hourStart = Math.floor(flight.scheduledDeparture / 3_600) * 3_600;
    const key = `${flight.origin} ${hourStart}`;
    const known = traffic.get(key);
    if (known !== undefined) return known;
    const departures = await agreedBy(
      sources.map(async (source) => (await source.traffic(flight.origin, hourStart)).departures),
      'the traffic of the hour',
    );
    if (traffic.size > 5_000) traffic.clear();
    traffic.set(key, departures);
    return departures;
  }

  async function signNow(flightId: Hex, wanted: number | undefined): Promise<SignedFeatures> {
    const now = clock();
    const observedAt = wanted ?? Math.floor(now) - 1;
    if (observedAt > now - 0.5 || observedAt < now - oldestObservation) {
      throw new LichenError('bad-input', 'Features are signed for the seconds just past only.', {
        got: `${observedAt}`,
        expected: `${Math.ceil(now - oldestObservation)} to ${Math.floor(now - 0.5)}`,
        retry: 'after-fix',
      });
    }
    const flight = await flightOf(flightId);
    if (now >= flight.departsAt) {
      throw new LichenError('flight-departed', 'That flight has left by its schedule.', {
        got: `scheduled for ${flight.departsAt}`,
        expected: `after ${Math.floor(now)}`,
        next: 'Choose a later flight.',
        retry: 'never',
      });
    }
    // The lap is the flight's own: near the end of a lap, flights of the next are already on sale.
    const unfoldedDeparture = recordedNow(world, flight.departsAt);
    const lap = Math.round((unfoldedDeparture - flight.scheduledDeparture) / lapSeconds(world));
    const asOf = featureTimeOf(recordedNow(world, observedAt) - lapShift(world, lap));
    const [state, observed, departures] = await Promise.all([
      syncedState(lap, asOf),
      weather.observation(flight.origin, asOf),
      trafficOf(flight),
    ]);
    const features = featuresAt(state, flight, observed.observation, departures, asOf);
    const report: FlightFeatures = {
      ...encodeFlight(flight),
      features: toHex(features),
      observedAt,
      day: Number(flight.recordedLocal.slice(0, 10).replaceAll('-', '')),
      cell: cellOf(flight.origin, flight.scheduledDeparture + lapShift(world, lap)),
    };
    const signature = await account.sign({ hash: flightFeaturesDigest(verifier, report) });
    return { report, signature, flight };
  }

  return {
    // One at a time: two would move the same trailing record under each other.
    sign: (flightId, observedAt) => {
      const result = turn.then(() => signNow(flightId.toLowerCase() as Hex, observedAt));
      turn = result.catch(() => undefined);
      return result;
    },
  };
}
