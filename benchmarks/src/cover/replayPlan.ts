import { type FlightRecord, quoteTimeOf } from '@lichen/node';
import {
  applyOutcome,
  createFeatureState,
  featuresAt,
  newYorkTimeOf,
  type RecordedFlight,
} from '@lichen/protocol';

/** Seconds between two blocks: anvil's work on a block grows with all that was ever stored, so blocks are few. */
export const hour = 3_600;
/** Cover is sold until an hour before departure, from six hours before. */
const firstSale = 6 * hour;
/** Recorded seconds after scheduled arrival from which a flight that has not landed is certainly late. */
const certainlyLateAfter = hour;
/** The longest trailing window of the features, with room to spare. */
const history = 33 * 86_400;

/** One recorded flight in the replay. Times are recorded time, unix seconds. */
export interface PlannedFlight {
  readonly flight: RecordedFlight;
  /** When cover is bought: a whole hour, 1 to 6 hours before departure. */
  readonly quotedAt: number;
  readonly features: Uint8Array;
  /** Local date of departure as yyyymmdd. */
  readonly day: number;
  /** Airport and six-hour block of departure. */
  readonly cell: number;
  /** When reporters can first answer. */
  readonly answeredAt: number;
  /** 0 on time, 1 late, 2 cancelled, 3 diverted, 4 still flying an hour after schedule. */
  readonly answer: number;
}

/** The flights of local November and December (of the first `days` days when given), by the time of their quote. */
export function planReplay(record: FlightRecord, days: number): PlannedFlight[] {
  const rows: number[] = [];
  let last = Number.POSITIVE_INFINITY;
  for (let row = 0; row < record.count; row++) {
    const departure = record.scheduledDeparture[row]!;
    if (departure > last || newYorkTimeOf(departure).month < 11) continue;
    if (rows.length === 0) last = departure + days * 86_400;
    rows.push(row);
  }
  const quotes = rows.map((row) => {
    const departure = record.scheduledDeparture[row]!;
    const before = Math.floor(quoteTimeOf(row, departure) / hour) * hour;
    return { row, quotedAt: departure - before > firstSale ? before + hour : before };
  });
  quotes.sort((a, b) => a.quotedAt - b.quotedAt || a.row - b.row);
  const state = createFeatureState();
  const known = record.rowsKnown(quotes[0]!.quotedAt - history, 2 ** 32 - 1);
  let applied = 0;
  return quotes.map(({ row, quotedAt }) => {
    for (; applied < known.length && record.knownAt[known[applied]!]! <= quotedAt; applied++) {
      applyOutcome(state, record.outcomeAt(known[applied]!));
    }
    const flight = record.flightAt(row);
    const hourStart = flight.scheduledDeparture - (flight.scheduledDeparture % hour);
    const weather = record.latestObservation(flight.origin, quotedAt);
    const traffic = record.trafficInHour(flight.origin, hourStart);
    const local = newYorkTimeOf(flight.scheduledDeparture);
    return {
      flight,
      quotedAt,
      features: featuresAt(state, flight, weather, traffic, quotedAt),
      day: local.year * 10_000 + local.month * 100 + local.day,
      cell:
        record.origins.indexOf(flight.origin) * 2 ** 24 + Math.floor(flight.scheduledDeparture / (6 * hour)),
      ...answerOf(flight, record.knownAt[row]!, record.result[row]!),
    };
  });
}

/** What reporters can answer at the scheduled arrival or soon after, by the rule of the replayed status sources. */
function answerOf(
  flight: RecordedFlight,
  knownAt: number,
  result: number,
): Pick<PlannedFlight, 'answeredAt' | 'answer'> {
  const overdueAt = flight.scheduledArrival + certainlyLateAfter;
  // Known at the whole hour at which reporters report.
  const asked = Math.ceil(Math.max(flight.scheduledArrival, Math.min(knownAt, overdueAt)) / hour) * hour;
  return { answeredAt: asked, answer: knownAt <= asked ? result : 4 };
}
