import { z } from 'zod';
import { LichenError } from '../errors.ts';

/** A closed day: its date and micro-dollars per share, decimal. */
export type MarketBar = readonly [day: string, open: string, high: string, low: string, close: string];

/** `open`: the day's open is known; `close`: the day is over and its bar is the last. */
export type MarketPhase = 'open' | 'close';

/** What a market says of now. */
export interface MarketBody {
  readonly v: 1;
  /** Which market: `SPX`. */
  readonly market: string;
  /** The recorded day, `2008-09-15`. */
  readonly day: string;
  readonly phase: MarketPhase;
  /** Number of the day since the record began, counted on when the record is replayed again: it never falls. */
  readonly index: number;
  /** The day's open, micro-dollars per share, decimal. */
  readonly open: string;
  /** Closed days only, oldest first, at most `mostBars`. */
  readonly bars: readonly MarketBar[];
}

/** Most bars in one statement. */
export const mostBars = 500;

const day = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/);
const price = z.string().regex(/^[1-9]\d{0,17}$/);
const schema = z.strictObject({
  v: z.literal(1),
  market: z.string().regex(/^[A-Z0-9]{1,16}$/),
  day,
  phase: z.enum(['open', 'close']),
  index: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
  open: price,
  bars: z.array(z.tuple([day, price, price, price, price]).readonly()).max(mostBars),
});

function unreadable(got: string, expected: string, cause?: unknown): LichenError {
  return new LichenError('bad-input', 'That is not what a market says.', {
    got,
    expected,
    next: 'Treat the market as silent.',
    retry: 'never',
    ...(cause === undefined ? {} : { cause }),
  });
}

/** Why bars and day cannot be; undefined when they can. */
function problemOf({ day: today, phase, open, bars }: MarketBody): string | undefined {
  let previous = '';
  for (const [date, first, high, low, last] of bars) {
    if (date <= previous) return `${date} after ${previous}`;
    previous = date;
    const [o, h, l, c] = [BigInt(first), BigInt(high), BigInt(low), BigInt(last)];
    if (o < l || o > h || c < l || c > h) return `open or close of ${date} outside low and high`;
  }
  if (phase === 'open')
    return previous < today ? undefined : `a bar of ${previous} before ${today} has closed`;
  const newest = bars.at(-1);
  if (newest === undefined) return undefined;
  if (newest[0] !== today) return `a last bar of ${newest[0]} at the close of ${today}`;
  return newest[1] === open ? undefined : `an open of ${open} and one of ${newest[1]} on ${today}`;
}

/**
 * The bytes of a statement's body: UTF-8 JSON without spaces, fields in the order of `MarketBody`.
 * @throws LichenError `bad-input` for a body that no reader would take
 */
export function encodeMarketBody(body: MarketBody): Uint8Array {
  const { v, market, day: today, phase, index, open, bars } = body;
  const checked = schema.safeParse({ v, market, day: today, phase, index, open, bars });
  if (!checked.success) {
    const issue = checked.error.issues[0];
    throw unreadable(`${issue?.path.join('.')}: ${issue?.message}`, 'a MarketBody', checked.error);
  }
  const problem = problemOf(checked.data);
  if (problem !== undefined) throw unreadable(problem, 'closed days in order');
  return new TextEncoder().encode(JSON.stringify(checked.data));
}

/**
 * Reads a statement's body. Other spellings of the same value, unknown fields, bars out of order and a bar of a day that has
 * not closed are refused.
 * @throws LichenError `bad-input`
 */
export function decodeMarketBody(bytes: Uint8Array): MarketBody {
  let body: MarketBody;
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    body = schema.parse(JSON.parse(text));
  } catch (cause) {
    const got = cause instanceof z.ZodError ? cause.issues[0] : undefined;
    throw unreadable(
      got === undefined ? 'bytes that are no JSON' : `${got.path.join('.')}: ${got.message}`,
      'a MarketBody',
      cause,
    );
  }
  const problem = problemOf(body);
  if (problem !== undefined) throw unreadable(problem, 'closed days in order');
  if (new TextDecoder().decode(encodeMarketBody(body)) !== text) {
    throw unreadable('another spelling of the same body', 'fields in order, without spaces');
  }
  return body;
}
