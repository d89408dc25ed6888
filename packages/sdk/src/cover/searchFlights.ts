import { LichenError, type WorldFlight } from '@lichen/protocol';
import type { LichenClient } from '../client/createLichenClient.ts';
import { getChainTime } from '../client/getChainTime.ts';
import { fieldsOf, listAt } from '../network/readFields.ts';
import { requestGateway } from '../network/requestGateway.ts';
import { readWorldFlight } from './readWorldFlight.ts';

export interface SearchFlightsParameters {
  /** Chain time, unix seconds; now when absent. */
  readonly from?: number;
  /** Chain time, unix seconds; `from` and a recorded day when absent. */
  readonly to?: number;
  /** IATA code of the airport of departure. */
  readonly origin?: string;
  /** IATA code of the airport of arrival. */
  readonly destination?: string;
  /** Two-letter IATA code of the airline. */
  readonly carrier?: string;
  /** At most this many; all when absent. */
  readonly limit?: number;
}

const recordedDay = 86_400;
/** The longest span that sources answer, recorded seconds. */
const longestSpan = 7 * recordedDay;
/** The most that a source tells in one answer. */
const pageSize = 500;

/** Every departure in the span, page by page: pages overlap in the second where one ends, and ids join them. */
async function departuresBetween(
  client: LichenClient,
  from: number,
  to: number,
  origin: string | undefined,
): Promise<WorldFlight[]> {
  const byId = new Map<string, WorldFlight>();
  for (let start = from; start < to; ) {
    const query = new URLSearchParams({ from: String(start), to: String(to), limit: String(pageSize) });
    if (origin !== undefined) query.set('origin', origin);
    const answer = await requestGateway(client.gatewayUrl, `/v1/departures?${query}`);
    const page = listAt(fieldsOf('The list of departures', answer), 'flights').map(readWorldFlight);
    const before = byId.size;
    for (const flight of page) byId.set(flight.flightId, flight);
    if (page.length < pageSize || byId.size === before) break;
    start = Math.max(...page.map((flight) => flight.departsAt));
  }
  return [...byId.values()];
}

/**
 * Flights that are scheduled to leave in a span of chain time, earliest first.
 * @throws LichenError `not-running`, `timeout`, `source-unavailable`, `chain-unreachable`, `bad-input` for a span of
 * more than a recorded week.
 */
export async function searchFlights(
  client: LichenClient,
  parameters: SearchFlightsParameters = {},
): Promise<readonly WorldFlight[]> {
  const { origin, destination, carrier } = parameters;
  const from = parameters.from ?? (await getChainTime(client));
  const to = parameters.to ?? from + Math.ceil(recordedDay / client.config.world.speed);
  if ((to - from) * client.config.world.speed > longestSpan) {
    throw new LichenError('bad-input', 'That span of departures is too long.', {
      got: `${to - from} s of chain time`,
      expected: `at most ${Math.floor(longestSpan / client.config.world.speed)} s, a recorded week`,
      next: 'Search a shorter span.',
      retry: 'after-fix',
    });
  }
  return (await departuresBetween(client, from, to, origin))
    .filter((flight) => flight.departsAt >= from && flight.departsAt < to)
    .filter((flight) => origin === undefined || flight.origin === origin)
    .filter((flight) => destination === undefined || flight.destination === destination)
    .filter((flight) => carrier === undefined || flight.carrier === carrier)
    .sort((a, b) => a.departsAt - b.departsAt || (a.flightId < b.flightId ? -1 : 1))
    .slice(0, parameters.limit);
}
