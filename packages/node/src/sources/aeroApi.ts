import { LichenError } from '@lichen/protocol';
import { z } from 'zod';
import type { EvidenceStore } from '../evidence/evidenceStore.ts';
import { icaoCarriers } from './airlineCodes.ts';
import { type FetchLimits, fetchEvidence } from './fetchEvidence.ts';
import { liveStatus, requireFlight } from './liveStatus.ts';
import type { Pace } from './pace.ts';
import type { FlightStatusSource } from './source.ts';

const moment = z.iso.datetime({ offset: true }).transform((text) => Math.floor(Date.parse(text) / 1000));
const airport = z.object({ code_iata: z.string().max(4).nullable() }).nullable();

/** AeroAPI 4, `GET /flights/{ident}`: https://www.flightaware.com/aeroapi/portal/documentation */
const responseSchema = z.object({
  flights: z
    .array(
      z.object({
        ident: z.string().max(12),
        fa_flight_id: z.string().max(80),
        cancelled: z.boolean(),
        diverted: z.boolean(),
        origin: airport,
        destination: airport,
        scheduled_out: moment.nullable(),
        actual_out: moment.nullable(),
        scheduled_in: moment.nullable(),
        actual_in: moment.nullable(),
      }),
    )
    .max(500),
});

export interface AeroApiInit {
  readonly evidence: EvidenceStore;
  /** `AeroAPI` when absent. */
  readonly name?: string;
  /** Sent as `x-apikey`. */
  readonly apiKey: string;
  readonly baseUrl?: string;
  readonly limits?: FetchLimits;
  readonly pace?: Pace;
  /** Unix seconds. */
  readonly clock?: () => number;
}

const iso = (at: number) => new Date(at * 1000).toISOString().replace('.000Z', 'Z');

/** Flight status from FlightAware's AeroAPI 4: gate times, cancellations and diversions. */
export function aeroApiSource(init: AeroApiInit): FlightStatusSource {
  const base = init.baseUrl ?? 'https://aeroapi.flightaware.com/aeroapi';
  const clock = init.clock ?? (() => Date.now() / 1000);
  return {
    name: init.name ?? 'AeroAPI',
    observe: async (query) => {
      const flight = requireFlight(query);
      const ident = `${icaoCarriers[flight.carrier] ?? flight.carrier}${flight.number}`;
      const span = `start=${iso(flight.departsAt - 43_200)}&end=${iso(flight.departsAt + 43_200)}`;
      const { data, evidence } = await fetchEvidence(
        `${base}/flights/${ident}?ident_type=designator&${span}`,
        responseSchema,
        init.evidence,
        {
          headers: { 'x-apikey': init.apiKey },
          secrets: [init.apiKey],
          limits: init.limits ?? { timeoutMs: 5_000, maxBytes: 2_000_000 },
          ...(init.pace === undefined ? {} : { pace: init.pace }),
        },
      );
      // A number can fly several legs a day: the leg is the one that leaves this airport at this time.
      const leg = data.flights.find(
        (item) =>
          item.origin?.code_iata === flight.origin &&
          item.scheduled_out !== null &&
          Math.abs(item.scheduled_out - flight.departsAt) <= 900,
      );
      if (leg === undefined) {
        throw new LichenError('unknown-flight', 'AeroAPI lists no such leg.', {
          got: `${ident} from ${flight.origin} at ${iso(flight.departsAt)}`,
          retry: 'later',
        });
      }
      // AeroAPI turns the destination of a diverted flight into the airport where it landed.
      const elsewhere = leg.destination !== null && leg.destination.code_iata !== flight.destination;
      const known = liveStatus(
        flight,
        {
          departedAt: leg.actual_out,
          arrivedAt: leg.actual_in,
          cancelled: leg.cancelled,
          diverted: leg.diverted || elsewhere,
        },
        Math.floor(clock()),
      );
      return { ...known, statement: undefined, flight: undefined, evidence };
    },
  };
}
