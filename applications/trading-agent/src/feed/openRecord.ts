import { fileURLToPath } from 'node:url';
import { loadMarketRecord } from '@lichen/node';
import type { MarketBar } from '@lichen/protocol';

/** The shipped record of daily prices. */
export interface PriceRecord {
  readonly market: string;
  /** Oldest first; prices are micro-dollars per share. */
  readonly bars: readonly MarketBar[];
  /** SHA-256 of its content, as its provenance has it. */
  readonly sha256: string;
  /** Said of where a statement of a backtest comes from. */
  readonly uri: string;
}

const dataDir = fileURLToPath(new URL('../../data', import.meta.url));

/** @throws LichenError `not-found`, `state-damaged` when the record is not the published one */
export function openRecord(): PriceRecord {
  const { market, bars, provenance } = loadMarketRecord(dataDir);
  const sha256 = provenance.files[0]!.contentSha256;
  return { market, bars, sha256, uri: `record:${sha256.slice(0, 16)}` };
}
