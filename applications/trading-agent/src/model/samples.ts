import type { MarketBar } from '@lichen/protocol';
import { type FeatureName, featuresOf, limits, modelInput } from '../rules/rules.js';

/** One recorded morning: what the model would have been told, and what the five days from then on were. */
export interface Sample {
  /** Position in the record. */
  readonly index: number;
  readonly day: string;
  /** Last day that the labels look at: a sample may only be used with data that ends no earlier. */
  readonly until: string;
  readonly input: readonly number[];
  readonly features: Readonly<Record<FeatureName, number>>;
  /** 1 when a close within the five days is `fallBps` or more below the open of the first. */
  readonly falls: 0 | 1;
  /** 1 when the open five days later is higher. */
  readonly rises: 0 | 1;
}

/** Days that a label looks at, the day of the decision included. */
export const horizonDays = 5;
/** The fall that counts. */
export const fallBps = 200;

/**
 * Every morning of the record that has enough closed days before it and enough days after it. The inputs come from the
 * rules file itself, so that the model is trained on what it will be asked.
 */
export function samplesOf(bars: readonly MarketBar[]): Sample[] {
  const samples: Sample[] = [];
  for (let index = limits.bars; index + horizonDays < bars.length; index += 1) {
    const [day, open] = bars[index]!;
    const market = { day, index, open, phase: 'open', bars: bars.slice(index - limits.bars, index) };
    const input = modelInput({ time: 0, zone: 'UTC', inputs: { market, feed: {}, portfolio: {}, book: {} } });
    if (input === null) continue;
    const span = bars.slice(index, index + horizonDays);
    const floor = BigInt(open) * BigInt(10_000 - fallBps);
    const falls = span.some(([, , , , close]) => BigInt(close) * 10_000n <= floor);
    const later = bars[index + horizonDays]!;
    samples.push({
      index,
      day,
      until: later[0],
      input,
      features: featuresOf(market),
      falls: falls ? 1 : 0,
      rises: BigInt(later[1]) > BigInt(open) ? 1 : 0,
    });
  }
  return samples;
}
