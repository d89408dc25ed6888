import type { MarketBar } from '@lichen/protocol';
import { expect, test } from 'vitest';
import { rising } from '../rules/rules.fixture.ts';
import { analyseLookahead, analyseRecursive, type RunDays } from './analyseLookahead.ts';

const record: readonly MarketBar[] = [
  ...rising.bars,
  ...rising.bars.map(
    ([day, ...rest]) => [`${Number(day.slice(0, 4)) + 1}${day.slice(4)}`, ...rest] as unknown as MarketBar,
  ),
];
const span = { from: 300, to: 330 };

/** A run whose decision of a day is whatever `decide` makes of the record. */
const runOf =
  (decide: (days: readonly MarketBar[], index: number) => string | undefined): RunDays =>
  async (days, { from, to }) =>
    Array.from({ length: to - from }, (_, at) => ({
      index: from + at,
      day: days[from + at]![0],
      decided: String(decide(days, from + at)),
    }));

test('an agent that sees closed days and the open of today is not biased', async () => {
  const report = await analyseLookahead(
    record,
    span,
    runOf((days, index) => days[index - 1]![4] + days[index]![1]),
  );
  expect(report.biased).toEqual([]);
  expect(report.compared).toBe(2 * (10 + 20 + 30));
  expect(report.cuts.map(({ same }) => same)).toEqual([10, 10, 20, 20, 30, 30]);
});

test('one that peeks at the close of today, at tomorrow, or at next week is found', async () => {
  const peeks: Parameters<typeof runOf>[0][] = [
    (days, index) => days[index]![4],
    (days, index) => days[index]![2],
    (days, index) => days[index + 1]?.[1],
    (days, index) => days[index + 5]?.[4],
  ];
  for (const peek of peeks) {
    expect((await analyseLookahead(record, span, runOf(peek))).biased.length).toBeGreaterThan(0);
  }
});

test('features do not depend on how far back the agent can see', () => {
  expect(analyseRecursive(record, { from: 310, to: 400 })).toEqual({
    days: 90,
    histories: [250, 300, 500, 1_000],
    unstable: [],
  });
});
