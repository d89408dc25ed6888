import type { CoverQuote, FeatureContribution } from '@lichen/sdk';
import { spanText } from './timeText.ts';

const weekdays = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const longestBar = 20;

/** Parts per million as percent with two decimals, rounded half away from zero: `7.10 %`. */
export function percentText(ppm: bigint): string {
  const size = ppm < 0n ? -ppm : ppm;
  const hundredths = (size + 50n) / 100n;
  return `${ppm < 0n ? '-' : ''}${hundredths / 100n}.${(hundredths % 100n).toString().padStart(2, '0')} %`;
}

function pointsText(ppm: bigint): string {
  return `${ppm < 0n ? '-' : '+'}${percentText(ppm < 0n ? -ppm : ppm).replace(' %', '')} points`;
}

/** The value of a feature as people say it. */
export function featureText(feature: Pick<FeatureContribution, 'name' | 'value' | 'unit'>): string {
  const { name, value, unit } = feature;
  if (name === 'weekday') return weekdays[value] ?? String(value);
  if (name === 'departureTime') {
    const minutes = Math.max(0, Math.min(1_439, value));
    return `about ${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`;
  }
  if (unit === 'seconds') return `about ${spanText(value)}`;
  if (unit === 'hundredths of a mile') return `${(value / 100).toFixed(1)} miles`;
  return `${value} ${unit}`;
}

/** One bar a feature, longest influence first; `█` adds to the chance of a payout, `░` takes from it. */
export function contributionBars(quote: Pick<CoverQuote, 'contributions' | 'baselinePpm' | 'parts'>): string {
  const influence = quote.contributions
    .filter((part) => part.probabilityPpm !== 0n)
    .toSorted((a, b) => Number(sizeOf(b.probabilityPpm) - sizeOf(a.probabilityPpm)));
  const largest = influence.length === 0 ? 1n : sizeOf(influence[0]!.probabilityPpm);
  const rows = influence.map((part) => {
    const length = Number((sizeOf(part.probabilityPpm) * BigInt(longestBar) + largest / 2n) / largest);
    const bar = (part.probabilityPpm > 0n ? '█' : '░').repeat(Math.max(1, length));
    return row(part.label, featureText(part), pointsText(part.probabilityPpm), bar);
  });
  return [
    row('A typical flight', '', percentText(quote.baselinePpm), ''),
    ...rows,
    row('This flight', '', percentText(quote.parts.probabilityPpm), ''),
  ].join('\n');
}

function sizeOf(ppm: bigint): bigint {
  return ppm < 0n ? -ppm : ppm;
}

function row(label: string, value: string, amount: string, bar: string): string {
  return `  ${label.padEnd(42)}${value.padEnd(20)}${amount.padStart(13)}  ${bar}`.trimEnd();
}
