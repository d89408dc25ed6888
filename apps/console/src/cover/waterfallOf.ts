import { describeFeatures } from '@lichen/protocol';
import type { CoverQuote } from '@lichen/sdk';
import { hexToBytes } from 'viem';

export interface WaterfallBar {
  readonly name: string;
  readonly label: string;
  /** Value with its unit. */
  readonly valueText: string;
  /** Running probability before and after this fact, parts per million. */
  readonly from: number;
  readonly to: number;
}

export interface Waterfall {
  readonly bars: readonly WaterfallBar[];
  /** The span that the bars cover, parts per million. */
  readonly low: number;
  readonly high: number;
}

/** Bars from the baseline to the flight's probability, the largest contribution first; the last one ends on it. */
export function waterfallOf(quote: Pick<CoverQuote, 'baselinePpm' | 'contributions' | 'report'>): Waterfall {
  const texts = new Map(
    describeFeatures(hexToBytes(quote.report.features)).map(({ name, text }) => [String(name), text]),
  );
  const sorted = [...quote.contributions].sort(
    (a, b) => Math.abs(Number(b.probabilityPpm)) - Math.abs(Number(a.probabilityPpm)),
  );
  let at = Number(quote.baselinePpm);
  let low = 0;
  let high = at;
  const bars = sorted.map((contribution) => {
    const from = at;
    at += Number(contribution.probabilityPpm);
    low = Math.min(low, at);
    high = Math.max(high, at);
    const { name, label } = contribution;
    return { name, label, valueText: texts.get(name) ?? '', from, to: at };
  });
  return { bars, low, high: Math.max(high, low + 1) };
}
