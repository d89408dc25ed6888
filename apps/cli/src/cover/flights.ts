import type { WorldFlight } from '@lichen/protocol';
import { getChainTime, type LichenClient, searchFlights } from '@lichen/sdk';
import { tableText } from './table.ts';
import { spanText } from './timeText.ts';

export interface FlightsOptions {
  readonly origin?: string;
  readonly destination?: string;
  readonly carrier?: string;
  /** Chain minutes from now. */
  readonly withinMinutes: number;
  readonly limit: number;
}

/** The next departures as data and as a table. */
export async function flightsCommand(client: LichenClient, options: FlightsOptions) {
  const now = await getChainTime(client);
  const { withinMinutes, limit, ...filters } = options;
  const flights = await searchFlights(client, { from: now, to: now + withinMinutes * 60, ...filters });
  const shown = flights.slice(0, limit);
  return {
    json: { now, world: client.config.label, count: flights.length, flights: shown },
    text: flightsText(client.config.label, withinMinutes, now, shown, flights.length),
  };
}

function flightsText(
  label: string,
  withinMinutes: number,
  now: number,
  shown: readonly WorldFlight[],
  count: number,
): string {
  const within = `${withinMinutes} ${withinMinutes === 1 ? 'minute' : 'minutes'}`;
  if (shown.length === 0) {
    return `No such flight leaves within ${within} (${label}). Try --within ${withinMinutes * 2}.`;
  }
  const table = tableText(
    [
      { title: 'Flight' },
      { title: 'From' },
      { title: 'To' },
      { title: 'Leaves, local recorded time' },
      { title: 'Leaves in', align: 'right' },
      { title: 'Flight id' },
    ],
    shown.map((flight) => [
      `${flight.carrier}${flight.number}`,
      flight.origin,
      flight.destination,
      flight.recordedLocal,
      spanText(flight.departsAt - now),
      flight.flightId.slice(0, 12),
    ]),
  );
  const more =
    count > shown.length ? `${count - shown.length} more: narrow with --origin, --to or --airline.\n` : '';
  const first = shown[0]!;
  return [
    `${count} ${count === 1 ? 'flight leaves' : 'flights leave'} within ${within} (${label}).`,
    '',
    table,
    '',
    `${more}Price one with: lichen cover quote ${first.carrier}${first.number}`,
  ].join('\n');
}
