import {
  type FlightAnswer,
  type FlightStatus,
  flightAnswers,
  flightIdOf,
  flightResults,
  flightTopic,
  LichenError,
  type OracleVerifier,
  type SignedStatement,
  statementDigest,
} from '@lichen/protocol';
import { type Address, isAddressEqual, recoverAddress } from 'viem';
import { z } from 'zod';
import type { EvidenceStore } from '../evidence/evidenceStore.ts';
import { type FetchLimits, fetchEvidence } from './fetchEvidence.ts';
import type { FlightStatusSource, OutcomeFeed } from './source.ts';

const hex32 = z.string().regex(/^0x[0-9a-f]{64}$/) as unknown as z.ZodType<`0x${string}`>;
const seconds = z.number().int().min(0).max(1e11);
const minutes = z.number().int().min(-10_000).max(10_000);
const airport = z.string().regex(/^[A-Z]{3}$/);
const originSchema = z.enum(['EWR', 'JFK', 'LGA']);
const carrier = z.string().regex(/^[A-Z0-9]{2}$/);
const tail = z.string().regex(/^[A-Z0-9]{0,8}$/);
const integerText = z
  .string()
  .regex(/^-?\d{1,18}$/)
  .transform((text) => BigInt(text));

const flightSchema = z.object({
  row: z.number().int().min(0),
  carrier,
  number: z.number().int().min(0).max(65_535),
  origin: originSchema,
  destination: airport,
  tail,
  distanceMiles: z.number().int().min(0).max(20_000),
  scheduledDeparture: seconds,
  scheduledArrival: seconds,
  aircraftYear: z.number().int().min(0).max(3_000),
  flightId: hex32,
  departsAt: seconds,
  arrivesAt: seconds,
  recordedLocal: z.string().regex(/^\d{4}-\d\d-\d\d \d\d:\d\d$/),
});

const answerSchema = z.object({
  flight: flightSchema,
  status: z.object({
    state: z.enum(['scheduled', 'airborne', 'still-flying', ...flightResults]),
    departureDelayMinutes: minutes.nullable(),
    arrivalDelayMinutes: minutes.nullable(),
    observedAt: seconds,
  }),
  statement: z
    .object({
      source: z.string().regex(/^0x[0-9a-fA-F]{40}$/) as unknown as z.ZodType<Address>,
      statement: z.object({
        topic: hex32,
        subject: hex32,
        value: integerText,
        detail: integerText,
        observedAt: seconds,
      }),
      signature: z.string().regex(/^0x[0-9a-f]{130}$/) as unknown as z.ZodType<`0x${string}`>,
    })
    .nullable(),
});

const outcomesSchema = z.object({
  outcomes: z
    .array(
      z.object({
        row: z.number().int().min(0),
        carrier,
        origin: originSchema,
        destination: airport,
        tail,
        scheduledDeparture: seconds,
        result: z.enum(flightResults),
        departureDelayMinutes: minutes,
        arrivalDelayMinutes: minutes,
        knownAt: seconds,
      }),
    )
    .max(20_000),
});

const trafficSchema = z.object({ departures: z.number().int().min(0).max(10_000) });

export interface ReplaySourceInit {
  readonly name: string;
  readonly url: string;
  /** The key that the chain's register of sources names. */
  readonly signer: Address;
  readonly verifier: OracleVerifier;
  readonly evidence: EvidenceStore;
  readonly limits?: FetchLimits;
}

/** Signatures that held: a source repeats its statement of a fact unchanged, and recovering a key costs a millisecond. */
const authentic = new Set<string>();

/** True when the statement is about that flight and signed by the source's registered key. */
async function isAuthentic(
  init: ReplaySourceInit,
  flightId: string,
  signed: SignedStatement,
): Promise<boolean> {
  const { statement, signature, source } = signed;
  if (statement.topic !== flightTopic || statement.subject !== flightId) return false;
  if (statement.value < 0n || statement.value >= BigInt(flightAnswers.length)) return false;
  if (!isAddressEqual(source, init.signer)) return false;
  const key = `${init.signer} ${statementDigest(init.verifier, statement)} ${signature}`;
  if (authentic.has(key)) return true;
  const recovered = await recoverAddress({
    hash: statementDigest(init.verifier, statement),
    signature,
  }).catch(() => undefined);
  if (recovered === undefined || !isAddressEqual(recovered, init.signer)) return false;
  if (authentic.size > 20_000) authentic.clear();
  authentic.add(key);
  return true;
}

/** Adapter to a replay status source: checks ids and signatures, so that a wrong body is a source failure, not an answer. */
export function replayStatusSource(init: ReplaySourceInit): FlightStatusSource & OutcomeFeed {
  const options = init.limits === undefined ? {} : { limits: init.limits };
  return {
    name: init.name,
    observe: async ({ flightId }) => {
      const { data, evidence } = await fetchEvidence(
        `${init.url}/v1/flights/${flightId}`,
        answerSchema,
        init.evidence,
        options,
      );
      if (
        data.flight.flightId !== flightId.toLowerCase() ||
        flightIdOf(data.flight) !== data.flight.flightId
      ) {
        throw new LichenError('source-unavailable', 'A source answered about another flight.', {
          got: data.flight.flightId,
          expected: flightId,
          retry: 'later',
        });
      }
      if (data.statement !== null && !(await isAuthentic(init, data.flight.flightId, data.statement))) {
        throw new LichenError('source-unavailable', 'A statement does not bear its source’s signature.', {
          got: `${init.name}: ${data.statement.source}`,
          expected: init.signer,
          retry: 'later',
        });
      }
      const answer: FlightAnswer | undefined =
        data.statement === null ? undefined : flightAnswers[Number(data.statement.statement.value)];
      const status: FlightStatus = data.status;
      return { status, answer, statement: data.statement ?? undefined, flight: data.flight, evidence };
    },
    outcomes: async (from, to) => {
      const { data, evidence } = await fetchEvidence(
        `${init.url}/v1/outcomes?from=${from}&to=${to}`,
        outcomesSchema,
        init.evidence,
        options,
      );
      return { outcomes: data.outcomes, evidence };
    },
    traffic: async (origin, hourStart) => {
      const { data, evidence } = await fetchEvidence(
        `${init.url}/v1/traffic?origin=${origin}&hour=${hourStart}`,
        trafficSchema,
        init.evidence,
        options,
      );
      return { departures: data.departures, evidence };
    },
  };
}
