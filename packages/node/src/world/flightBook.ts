import { setImmediate as otherRequests } from 'node:timers/promises';
import {
  chainTimeOf,
  flightIdOf,
  type Origin,
  type RecordedFlight,
  type WorldFlight,
} from '@lichen/protocol';
import type { Hex } from 'viem';
import type { FlightRecord } from '../record/loadRecord.ts';
import { type Clock, lapAt, lapShift, type ReplayWorld, recordedNow } from './replayWorld.ts';

/** A flight of one lap, found by its id. */
export interface BookedFlight {
  readonly flight: WorldFlight;
  readonly lap: number;
}

export interface DepartureQuery {
  /** Chain seconds, inclusive. */
  readonly from: number;
  /** Chain seconds, exclusive. */
  readonly to: number;
  readonly origin?: Origin;
  readonly limit: number;
}

export interface FlightBook {
  /** Scheduled departures in the span, by time then row; at most `limit`. */
  departures(query: DepartureQuery): WorldFlight[];
  /**
   * The flight of that id among those that depart within a day from now or left in the last 30 recorded days of this world.
   * What left more than a day ago is looked for day by day, and requests for other flights are answered in between.
   */
  find(flightId: Hex): Promise<BookedFlight | undefined>;
}

const day = 86_400;
/** Recorded seconds back to which a flight is found. */
const reach = 30 * day;
/** Ids in the index before it starts over: seven weeks of flights. */
const mostIndexed = 60_000;

// All three airports of the record share New York's time.
const localTime = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'America/New_York',
  dateStyle: 'short',
  timeStyle: 'short',
});

/** Where a recorded flight of a lap lies on the chain's clock, and the id that follows from it. */
function placeOf(world: ReplayWorld, flight: RecordedFlight, lap: number) {
  const shift = lapShift(world, lap);
  const departsAt = chainTimeOf(world, flight.scheduledDeparture + shift);
  const arrivesAt = chainTimeOf(world, flight.scheduledArrival + shift);
  return { flightId: flightIdOf({ ...flight, departsAt, arrivesAt }), departsAt, arrivesAt };
}

/** A recorded flight placed on the chain's clock, in a lap. */
export function worldFlightOf(world: ReplayWorld, flight: RecordedFlight, lap: number): WorldFlight {
  const { flightId, departsAt, arrivesAt } = placeOf(world, flight, lap);
  const recordedLocal = localTime.format(flight.scheduledDeparture * 1000);
  return { ...flight, flightId, departsAt, arrivesAt, recordedLocal };
}

/** Finds flights of a replayed record by time and by flight id. */
export function createFlightBook(record: FlightRecord, world: ReplayWorld, clock: Clock): FlightBook {
  // Ids are derived, so a search by id needs an index. It covers a sliding span of unfolded recorded time
  // and grows by days: the whole year at once would cost seconds of hashing at every start.
  const byId = new Map<Hex, { readonly row: number; readonly lap: number }>();
  let indexedFrom = 0;
  let indexedTo = 0;

  function* scheduledBetween(from: number, to: number): Generator<{ flight: RecordedFlight; lap: number }> {
    for (let lap = lapAt(world, from); lap <= lapAt(world, to - 1); lap++) {
      const shift = lapShift(world, lap);
      const first = Math.max(from - shift, world.recordedFrom);
      const last = Math.min(to - shift, world.recordedTo);
      if (first >= last) continue;
      const rows = record.rowsDeparting(first, last);
      for (let row = rows.first; row < rows.end; row++) yield { flight: record.flightAt(row), lap };
    }
  }

  function index(from: number, to: number): void {
    for (const { flight, lap } of scheduledBetween(from, to)) {
      byId.set(placeOf(world, flight, lap).flightId, { row: flight.row, lap });
    }
  }

  /** Brings the index up to tomorrow; starts it over after a long sleep of the machine, and before it outgrows memory. */
  function keepUp(now: number): void {
    if (now - indexedTo > 3 * day || byId.size > mostIndexed) {
      byId.clear();
      indexedFrom = now - day;
      indexedTo = indexedFrom;
    }
    if (now + day > indexedTo) {
      // Six hours more than a day, so that each step is small.
      index(indexedTo, now + 1.25 * day);
      indexedTo = now + 1.25 * day;
    }
  }

  let searching: Promise<void> | undefined;
  /** Indexes one more day of the past. Searches that run at once share it: none repeats the work of another. */
  function searchOneDay(): Promise<void> {
    searching ??= otherRequests().then(() => {
      const from = indexedFrom - day;
      index(from, indexedFrom);
      indexedFrom = from;
      searching = undefined;
    });
    return searching;
  }

  async function find(flightId: Hex): Promise<BookedFlight | undefined> {
    const wanted = flightId.toLowerCase() as Hex;
    const now = recordedNow(world, clock());
    keepUp(now);
    // Before the first day of this world nobody could ask about a flight.
    const earliest = Math.max(now - reach, world.recordedEpoch - day);
    while (!byId.has(wanted) && indexedFrom > earliest) await searchOneDay();
    const found = byId.get(wanted);
    if (found === undefined) return undefined;
    return { flight: worldFlightOf(world, record.flightAt(found.row), found.lap), lap: found.lap };
  }

  return {
    departures: ({ from, to, origin, limit }) => {
      const found: WorldFlight[] = [];
      // One chain second is `speed` recorded seconds and placing rounds down, so the span is taken a little wider.
      const first = recordedNow(world, from);
      const last = recordedNow(world, to) + Math.ceil(world.speed);
      for (const { flight, lap } of scheduledBetween(first, last)) {
        if (origin !== undefined && flight.origin !== origin) continue;
        const placed = worldFlightOf(world, flight, lap);
        if (placed.departsAt < from || placed.departsAt >= to) continue;
        found.push(placed);
        if (found.length >= limit) break;
      }
      return found;
    },
    find,
  };
}
