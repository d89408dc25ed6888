import { isLichenError, LichenError } from '@lichen/protocol';
import { z } from 'zod';
import type { EvidenceStore } from '../evidence/evidenceStore.ts';
import { icaoAirport, icaoCarriers } from './airlineCodes.ts';
import { type FetchLimits, fetchEvidence, statusOf } from './fetchEvidence.ts';
import { liveStatus, requireFlight } from './liveStatus.ts';
import { type OpenSkyCredential, openSkyToken } from './openSkyToken.ts';
import type { Pace } from './pace.ts';
import type { FlightStatusSource } from './source.ts';

const time = z.number().int().min(0).max(1e11);

/** OpenSky REST API, `GET /flights/arrival`: https://openskynetwork.github.io/opensky-api/rest.html#arrivals-by-airport */
const flightsSchema = z
  .array(
    z.object({
      icao24: z.string().max(6),
      firstSeen: time,
      lastSeen: time,
      estDepartureAirport: z.string().max(4).nullable(),
      estArrivalAirport: z.string().max(4).nullable(),
      callsign: z.string().max(8).nullable(),
    }),
  )
  .max(50_000);

export interface OpenSkyInit {
  readonly evidence: EvidenceStore;
  /** `OpenSky` when absent. */
  readonly name?: string;
  /** Of an OpenSky account; anonymous requests are few and may be refused. */
  readonly credential?: OpenSkyCredential;
  readonly baseUrl?: string;
  readonly limits?: FetchLimits;
  readonly pace?: Pace;
  /** Unix seconds. */
  readonly clock?: () => number;
}

/**
 * Flight status from OpenSky's received transponder signals: a flight has arrived when it was last seen at its
 * destination. OpenSky tracks aircraft, not schedules: it never says that a flight was cancelled, and it derives arrivals
 * in a batch each night, so it serves as one voice among several, never alone, and only the day after.
 */
export function openSkySource(init: OpenSkyInit): FlightStatusSource {
  const base = init.baseUrl ?? 'https://opensky-network.org/api';
  const clock = init.clock ?? (() => Date.now() / 1000);
  const limits = init.limits ?? { timeoutMs: 5_000, maxBytes: 8_000_000 };
  const token =
    init.credential === undefined
      ? undefined
      : openSkyToken(init.credential, { timeoutMs: limits.timeoutMs, clock });

  async function ask(url: string, bearer: string | undefined) {
    return fetchEvidence(url, flightsSchema, init.evidence, {
      limits,
      ...(init.pace === undefined ? {} : { pace: init.pace }),
      ...(bearer === undefined ? {} : { headers: { authorization: `Bearer ${bearer}` }, secrets: [bearer] }),
    });
  }

  async function askWithToken(url: string) {
    const bearer = await token?.current();
    try {
      return await ask(url, bearer);
    } catch (error) {
      // A token can end before its time. Asked once more with a new one; refused again, it is the account.
      if (bearer === undefined || statusOf(error) !== 401) throw error;
      token?.refuse(bearer);
      return ask(url, await token?.current());
    }
  }

  return {
    name: init.name ?? 'OpenSky',
    observe: async (query) => {
      const flight = requireFlight(query);
      const prefix = icaoCarriers[flight.carrier];
      if (prefix === undefined) {
        throw new LichenError('unknown-flight', 'OpenSky cannot be asked about that carrier.', {
          got: flight.carrier,
          retry: 'never',
        });
      }
      const now = Math.floor(clock());
      const begin = flight.departsAt - 1_800;
      // The interface refuses spans of more than two days; a landing twelve hours late still shows.
      const end = Math.min(now, flight.arrivesAt + 12 * 3_600);
      const url = `${base}/flights/arrival?airport=${icaoAirport(flight.destination)}&begin=${begin}&end=${Math.max(begin + 1, end)}`;
      try {
        const { data, evidence } = await askWithToken(url);
        const seen = data.find(
          (item) =>
            item.callsign?.trim() === `${prefix}${flight.number}` &&
            item.estDepartureAirport === icaoAirport(flight.origin) &&
            Math.abs(item.firstSeen - flight.departsAt) < 12 * 3_600,
        );
        const known = liveStatus(
          flight,
          {
            departedAt: seen?.firstSeen ?? null,
            arrivedAt: seen?.lastSeen ?? null,
            cancelled: false,
            diverted: false,
          },
          now,
        );
        // Not seen is not proof of being in the air: only a landing is an answer from this source.
        const answer = seen === undefined ? undefined : known.answer;
        const status = seen === undefined ? { ...known.status, state: 'scheduled' as const } : known.status;
        return { status, answer, statement: undefined, flight: undefined, evidence };
      } catch (error) {
        // OpenSky answers 404 with an empty body when there are no arrivals in the span.
        if (isLichenError(error) && error.code === 'unknown-flight') {
          throw new LichenError('source-unavailable', 'OpenSky has no arrivals for that span yet.', {
            retry: 'later',
            cause: error,
          });
        }
        throw error;
      }
    },
  };
}
