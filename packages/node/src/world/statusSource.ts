import { timingSafeEqual } from 'node:crypto';
import {
  type FlightOutcome,
  LichenError,
  type OracleVerifier,
  type SignedStatement,
  statementDigest,
} from '@lichen/protocol';
import { Hono } from 'hono';
import type { Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { z } from 'zod';
import { loopbackGuard } from '../http/loopbackGuard.ts';
import { serve } from '../http/serve.ts';
import type { FlightRecord } from '../record/loadRecord.ts';
import { createFlightBook } from './flightBook.ts';
import { flightStatement, flightStatusAt, type KnownStatus, liedOutcome } from './flightStatusAt.ts';
import { errorResponse, parseInput } from './httpAnswers.ts';
import { type Clock, lapAt, lapShift, type ReplayWorld, recordedNow, wallClock } from './replayWorld.ts';

/** How a source behaves: set by the operator to see what the network does with a bad source. */
export const sourceModes = ['honest', 'lie', 'lag', 'dead'] as const;
export type SourceMode = (typeof sourceModes)[number];

/** Chain seconds by which a lagging source is behind. */
export const lagSeconds = 30;

export interface StatusSourceInit {
  readonly name: string;
  readonly privateKey: Hex;
  readonly verifier: OracleVerifier;
  readonly world: ReplayWorld;
  readonly record: FlightRecord;
  /** Must accompany a change of mode in the header `x-lichen-control`. */
  readonly controlToken: string;
  /** 0 takes a free port. */
  readonly port: number;
  readonly clock?: Clock;
}

export interface ServedPart {
  readonly url: string;
  stop(): Promise<void>;
}

const originSchema = z.enum(['EWR', 'JFK', 'LGA']);
const secondsSchema = z.coerce.number().int().min(0).max(1e11);
const departuresQuery = z.object({
  from: secondsSchema,
  to: secondsSchema,
  origin: z.union([originSchema, z.literal('').transform(() => undefined)]).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});
const outcomesQuery = z.object({ from: secondsSchema, to: secondsSchema });
const trafficQuery = z.object({ origin: originSchema, hour: secondsSchema });
const flightIdSchema = z.string().regex(/^0x[0-9a-fA-F]{64}$/);
const modeBody = z.object({ mode: z.enum(sourceModes), flightId: flightIdSchema.optional() }).strict();

/** Longest span of one outcomes request, recorded seconds: keeps a response near 300 kB. */
export const longestOutcomeSpan = 2 * 86_400;
/** Longest span of one departures request, chain seconds times the world's speed: a week of the record. */
const longestDepartureSpan = 7 * 86_400;

/** True when the control header carries the operator's token, compared in constant time. */
export function hasControlToken(header: string | undefined, token: string): boolean {
  const given = Buffer.from(header ?? '');
  const wanted = Buffer.from(token);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

/**
 * Serves one replay flight-status source: recorded flights on the world's clock, with statements signed by the source's
 * own key once something is certain.
 * @throws LichenError `port-in-use`
 */
export async function startStatusSource(init: StatusSourceInit): Promise<ServedPart> {
  const { world, verifier, record } = init;
  const clock = init.clock ?? wallClock;
  const account = privateKeyToAccount(init.privateKey);
  const book = createFlightBook(record, world, clock);
  let mode: SourceMode = 'honest';
  let target: string | undefined;

  // A lagging source lives in the past; everything else follows from that.
  const now = () => clock() - (mode === 'lag' && target === undefined ? lagSeconds : 0);
  const appliesTo = (flightId: string) => target === undefined || target === flightId.toLowerCase();

  async function bookedOf(flightId: string) {
    const booked = await book.find(parseInput(flightIdSchema, flightId) as Hex);
    if (booked === undefined) {
      throw new LichenError('unknown-flight', 'No such flight in this world.', {
        got: flightId.slice(0, 66),
        next: 'Search departures again and use an id from there.',
        retry: 'after-fix',
      });
    }
    return { booked, outcome: record.outcomeAt(booked.flight.row) };
  }

  function knownOf(flightId: string, { booked, outcome }: Awaited<ReturnType<typeof bookedOf>>): KnownStatus {
    const told = mode === 'lie' && appliesTo(flightId) ? liedOutcome(outcome) : outcome;
    const at = mode === 'lag' && target !== undefined && appliesTo(flightId) ? clock() - lagSeconds : now();
    // A liar still speaks only once the flight has a result, or its lie would show as foreknowledge.
    return flightStatusAt(world, booked, told, at);
  }

  const signed = new Map<string, Hex>();
  async function statementOf(flightId: Hex, known: KnownStatus): Promise<SignedStatement | null> {
    const statement = flightStatement(flightId, known);
    if (statement === undefined) return null;
    const digest = statementDigest(verifier, statement);
    let signature = signed.get(digest);
    if (signature === undefined) {
      signature = await account.sign({ hash: digest });
      if (signed.size > 20_000) signed.clear();
      signed.set(digest, signature);
    }
    return { source: account.address, statement, signature };
  }

  const app = new Hono();
  app.use(loopbackGuard());
  app.onError((error, context) => errorResponse(context, error));
  app.use('/v1/*', async (context, next) => {
    if (mode === 'dead' && context.req.path !== '/v1/source' && context.req.path !== '/v1/mode') {
      throw new LichenError('source-unavailable', 'This source has been told to be dead.', {
        retry: 'later',
      });
    }
    await next();
  });
  app.get('/v1/source', (context) =>
    context.json({
      name: init.name,
      signer: account.address,
      world,
      mode,
      flightId: target ?? null,
      label: 'replay of recorded days',
    }),
  );
  app.get('/v1/departures', (context) => {
    const query = parseInput(departuresQuery, context.req.query());
    if ((query.to - query.from) * world.speed > longestDepartureSpan) {
      throw new LichenError('bad-input', 'That span of departures is too long.', {
        got: `${query.to - query.from} chain seconds`,
        expected: `at most ${Math.floor(longestDepartureSpan / world.speed)}`,
        retry: 'after-fix',
      });
    }
    const { from, to, limit, origin } = query;
    return context.json({
      flights: book.departures({ from, to, limit, ...(origin === undefined ? {} : { origin }) }),
    });
  });
  app.get('/v1/flights/:flightId', async (context) => {
    const flightId = context.req.param('flightId').toLowerCase();
    const found = await bookedOf(flightId);
    const known = knownOf(flightId, found);
    const statement = await statementOf(flightId as Hex, known);
    return context.json({
      flight: found.booked.flight,
      status: known.status,
      // JSON has no integers of 64 bits: they travel as text.
      statement: statement && {
        ...statement,
        statement: {
          ...statement.statement,
          value: statement.statement.value.toString(),
          detail: statement.statement.detail.toString(),
        },
      },
    });
  });
  app.get('/v1/outcomes', (context) => {
    const { from, to } = parseInput(outcomesQuery, context.req.query());
    if (to - from > longestOutcomeSpan) {
      throw new LichenError('bad-input', 'That span of outcomes is too long.', {
        got: `${to - from} recorded seconds`,
        expected: `at most ${longestOutcomeSpan}`,
        retry: 'after-fix',
      });
    }
    // Folded to the record; nothing that the current lap has not lived through is told.
    const unfolded = recordedNow(world, now());
    const limit = unfolded - lapShift(world, lapAt(world, unfolded)) + 1;
    const rows = record.rowsKnown(from, Math.max(from, Math.min(to, limit)));
    const outcomes: FlightOutcome[] = Array.from(rows, (row) => record.outcomeAt(row));
    return context.json({
      outcomes: mode === 'lie' && target === undefined ? outcomes.map(liedOutcome) : outcomes,
    });
  });
  app.get('/v1/traffic', (context) => {
    const { origin, hour } = parseInput(trafficQuery, context.req.query());
    return context.json({ departures: record.trafficInHour(origin, hour) });
  });
  app.post('/v1/mode', async (context) => {
    if (!hasControlToken(context.req.header('x-lichen-control'), init.controlToken)) {
      return context.json(
        new LichenError('bad-input', 'Only the operator may change how a source behaves.', {
          next: 'Send the control token in the header x-lichen-control.',
          retry: 'after-fix',
        }).toJSON(),
        403,
      );
    }
    const body = parseInput(modeBody, await context.req.json().catch(() => undefined));
    mode = body.mode;
    target = body.flightId?.toLowerCase();
    return context.json({ mode, flightId: target ?? null });
  });

  const served = await serve(app, init.port);
  return { url: served.url, stop: () => served.close() };
}
