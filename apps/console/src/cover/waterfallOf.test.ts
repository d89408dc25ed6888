import { expect, it } from 'vitest';
import { waterfallOf } from './waterfallOf.ts';

const fact = (name: string, probabilityPpm: bigint) => ({
  name,
  label: name,
  value: 0,
  unit: '',
  probabilityPpm,
});

const report = { features: `0x${'00'.repeat(16)}` };

it('chains the bars, largest first, from the baseline to the sum', () => {
  const { bars, low, high } = waterfallOf({
    baselinePpm: 80_000n,
    contributions: [fact('wind', 5_000n), fact('hour', -30_000n), fact('weekday', 90_000n)],
    report,
  } as never);
  expect(bars.map((bar) => [bar.name, bar.from, bar.to])).toEqual([
    ['weekday', 80_000, 170_000],
    ['hour', 170_000, 140_000],
    ['wind', 140_000, 145_000],
  ]);
  expect([low, high]).toEqual([0, 170_000]);
  expect(bars[0]!.valueText).toBe('Monday');
});

it('keeps room for a running sum below zero', () => {
  const { low } = waterfallOf({
    baselinePpm: 10_000n,
    report,
    contributions: [fact('a', -20_000n), fact('b', 15_000n)],
  } as never);
  expect(low).toBe(-10_000);
});
