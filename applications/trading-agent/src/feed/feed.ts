import type { InputProvenance, MarketBody } from '@lichen/protocol';
import type { FeedSeen } from '../book/seen.ts';

/** A market statement as it came, or why there is none. */
export interface StatementSeen {
  /** The body's very bytes; those that could not be read are kept, too. */
  readonly bytes: Uint8Array;
  /** The body read; undefined when the codec refused it. */
  readonly body: MarketBody | undefined;
  readonly feed: FeedSeen;
  readonly provenance: InputProvenance;
  readonly uri: string;
}

/** Where market statements come from: a record, bar by bar, or a market that runs. */
export interface Feed {
  /** Undefined when the market does not answer, or a backtest has ended. */
  now(signal: AbortSignal): Promise<StatementSeen | undefined>;
}
