import type { Observation, ObservedInput } from '@lichen/agent';
import type { DecisionLog } from '@lichen/journal';
import { blobHashOf } from '@lichen/protocol';
import type { Ledger } from '../book/createLedger.ts';
import type { Feed } from '../feed/feed.ts';
import type { Venue } from '../venue/venue.ts';

export interface ObserveComponents {
  readonly feed: Feed;
  readonly venue: Venue;
  readonly decisions: Pick<DecisionLog, 'since'>;
  readonly ledger: Ledger;
  /** Unix milliseconds. */
  readonly clock: () => number;
}

const json = 'application/json';
const utf8 = new TextEncoder();

/**
 * What the agent sees: the market's statement, how it came, what account and pool hold, and its own book, made from its
 * journal. The same in a backtest, on paper and on a chain; only feed and venue differ.
 *
 * Undefined while there is nothing new: the day is decided already, or its open is past. A statement that is broken, unsigned
 * or older than one decided is shown to the rules, once, so that their refusal is on record.
 */
export function createObserve({ feed, venue, decisions, ledger, clock }: ObserveComponents) {
  let lastRefused = '';
  return async (signal: AbortSignal): Promise<Observation | undefined> => {
    for (const recorded of decisions.since(ledger.size())) ledger.add(recorded);
    const seen = await feed.now(signal);
    if (seen === undefined) return undefined;
    const book = ledger.book();
    const { body } = seen;
    const isGood =
      body !== undefined && (seen.feed.signature === 'valid' || seen.feed.signature === 'recorded');
    if (isGood && body.index === book.lastIndex) return undefined;
    if (isGood && body.index > book.lastIndex && body.phase !== 'open') return undefined;
    if (!isGood || body.index < book.lastIndex) {
      const refused = `${blobHashOf(seen.bytes)} ${seen.feed.signature}`;
      if (refused === lastRefused) return undefined;
      lastRefused = refused;
    }
    const own = await venue.portfolio(signal);
    const time = clock();
    const statement: ObservedInput = {
      // What the codec refused is kept as evidence, but no rule sees a byte of it.
      name: body === undefined ? 'market refused' : 'market',
      bytes: seen.bytes,
      mediaType: body === undefined ? 'application/octet-stream' : json,
      uri: seen.uri,
      at: seen.feed.at,
      provenance: seen.provenance,
    };
    const made = (name: string, value: unknown, uri: string): ObservedInput => ({
      name,
      bytes: utf8.encode(JSON.stringify(value)),
      mediaType: json,
      uri,
      at: time,
      provenance: { by: 'operator' },
    });
    return {
      time,
      inputs: [
        statement,
        made('feed', seen.feed, seen.uri),
        {
          ...made('portfolio', own.portfolio, own.uri),
          at: own.at,
          provenance: own.provenance,
        },
        made('book', book, 'journal:own'),
      ],
    };
  };
}
