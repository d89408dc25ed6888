import { LichenError, type MarketBar } from '@lichen/protocol';
import { readColumns } from '../record/readColumns.ts';
import { type Provenance, readVerified } from '../record/readVerified.ts';

/** The recorded days of a market, oldest first. */
export interface MarketRecord {
  /** `SPX`. */
  readonly market: string;
  readonly provenance: Provenance;
  /** Prices are micro-dollars per share. */
  readonly bars: readonly MarketBar[];
  /** Shares traded on each day, in all shares of the index. */
  readonly volumes: readonly number[];
  /** Position of the first day on or after `day` (`2007-10-01`). @throws LichenError `bad-input` when the record ends before */
  indexFrom(day: string): number;
}

interface PriceHeader {
  readonly rows: number;
  readonly market: string;
  readonly volumeUnit: number;
}

const priceRecord = {
  name: 'price record',
  folder: 'applications/trading-agent/data',
  converter: 'tools/data/convert-sp500.ts',
};

/**
 * Loads applications/trading-agent/data, checking the file against PROVENANCE.json.
 * @throws LichenError `not-found` when a file is missing, `state-damaged` when its bytes are not the published ones
 */
export function loadMarketRecord(dataDir: string): MarketRecord {
  const { provenance, read } = readVerified(dataDir, priceRecord);
  const { header, column } = readColumns<PriceHeader>(read('prices.columns.gz'));
  const days = column('day', Uint16Array);
  const prices = (['open', 'high', 'low', 'close'] as const).map((name) => column(name, Uint32Array));
  const units = column('volume', Uint32Array);
  const bars = Array.from(days, (day, row): MarketBar => {
    const date = new Date(day * 86_400_000).toISOString().slice(0, 10);
    const [open, high, low, close] = prices.map((values) => String(values[row])) as [
      string,
      string,
      string,
      string,
    ];
    return [date, open, high, low, close];
  });
  return {
    market: header.market,
    provenance,
    bars,
    volumes: Array.from(units, (unit) => unit * header.volumeUnit),
    indexFrom(day) {
      const index = bars.findIndex(([date]) => date >= day);
      if (index === -1) {
        throw new LichenError('bad-input', 'The price record ends before that day.', {
          got: day.slice(0, 20),
          expected: `a day up to ${bars.at(-1)![0]}`,
          retry: 'after-fix',
        });
      }
      return index;
    },
  };
}
