import { expect, test } from 'vitest';
import type { EquityPoint } from '../book/createLedger.ts';
import { thinned } from './views.ts';

const point = (entry: number, kind: EquityPoint['kind']): EquityPoint => ({
  at: entry,
  day: '2008-09-15',
  index: entry,
  cash: 0n,
  shares: 0n,
  price: 1n,
  equity: 0n,
  hold: 0n,
  entry,
  kind,
  choice: '',
});
const pointsOf = (count: number, ordersEvery: number) =>
  Array.from({ length: count }, (_, at) => point(at, at % ordersEvery === 0 ? 'intent' : 'refusal'));

test('a short curve is sent as it is', () => {
  const points = pointsOf(100, 7);
  expect(thinned(points, 100)).toBe(points);
});

test('a long one keeps its orders, its last day and its order', () => {
  const points = pointsOf(10_000, 50);
  const short = thinned(points, 1_000);
  expect(short).toHaveLength(1_000);
  expect(short.filter(({ kind }) => kind === 'intent')).toHaveLength(200);
  expect(short.at(-1)).toBe(points.at(-1));
  expect(short.map(({ entry }) => entry)).toEqual(short.map(({ entry }) => entry).toSorted((a, b) => a - b));
});

test('one of orders only is thinned, too', () => {
  const short = thinned(pointsOf(10_000, 1), 1_000);
  expect(short).toHaveLength(500);
  expect(short.at(-1)!.entry).toBe(9_999);
});
