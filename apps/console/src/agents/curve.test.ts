import type { EquityPoint } from '@lichen/sdk';
import { describe, expect, it } from 'vitest';
import { changeOf, comparedText, curveOf, formatBps, formatDay, markersOf, moveOf } from './curve.ts';

const point = (change: Partial<EquityPoint>): EquityPoint => ({
  at: 1_000,
  day: '2008-09-15',
  cash: 0n,
  shares: 0n,
  price: 1n,
  equity: 100n,
  hold: 100n,
  index: 0,
  kind: 'refusal',
  choice: 'hold: nothing to do',
  ...change,
});

describe('the axis', () => {
  it('goes by days, and the last point of a day stands for it', () => {
    const curve = curveOf([
      point({ at: 3_000, day: '2008-09-16', index: 3 }),
      point({ at: 1_000, index: 1 }),
      point({ at: 2_000, index: 2 }),
    ]);
    expect(curve.times).toEqual(['2008-09-15', '2008-09-16']);
    expect(curve.points.map(({ index }) => index)).toEqual([2, 3]);
  });

  it('goes by the clock where a day comes back or is none, and is always ascending', () => {
    const days = ['2008-09-15', '2000-01-03', 'soon', '2008-99-99'];
    const curve = curveOf(days.map((day, at) => point({ at: at * 700, day, index: at })));
    expect(curve.times).toEqual([0, 1, 2]);
    for (const [at, time] of curve.times.entries()) {
      if (at > 0) expect(time > curve.times[at - 1]!).toBe(true);
    }
    expect(curve.points.map(({ index }) => index)).toEqual([1, 2, 3]);
  });

  it('of nothing is empty', () => {
    expect(curveOf([])).toEqual({ points: [], times: [] });
    expect(changeOf([])).toBeUndefined();
  });
});

describe('signs', () => {
  it('stand for acts only, by the first word of the choice', () => {
    expect(moveOf(point({ kind: 'intent', choice: 'buy: from 0 to 5000 bps' }))).toBe('buy');
    expect(moveOf(point({ kind: 'intent', choice: 'sell all: from 5000 to 0 bps' }))).toBe('sell');
    expect(moveOf(point({ kind: 'intent', choice: 'buyer beware' }))).toBe('act');
    expect(moveOf(point({ kind: 'refusal', choice: 'buy: no' }))).toBe('none');
    const curve = curveOf([
      point({ at: 1, index: 4, kind: 'intent', choice: 'buy: x' }),
      point({ at: 2, day: '2008-09-16', index: 5 }),
      point({ at: 3, day: '2008-09-17', index: 6, kind: 'intent', choice: 'sell: x' }),
    ]);
    expect(markersOf(curve)).toEqual([
      { time: '2008-09-15', move: 'buy', index: 4 },
      { time: '2008-09-17', move: 'sell', index: 6 },
    ]);
  });
});

describe('change', () => {
  it('is exact, and compared with buying and holding', () => {
    const change = changeOf([
      point({ equity: 10_000_000_000n, hold: 10_000_000_000n }),
      point({ equity: 10_421_500_000n, hold: 9_799_600_000n }),
    ])!;
    expect(formatBps(change.equityBps)).toBe('+4.22 %');
    expect(formatBps(change.holdBps)).toBe('−2.00 %');
    expect(comparedText(change)).toBe('6.22 points more than buy and hold');
    expect(comparedText({ ...change, equityBps: -300n })).toBe('1.00 points less than buy and hold');
    expect(comparedText({ ...change, equityBps: -200n })).toBe('the same as buy and hold');
    expect(formatBps(0n)).toBe('0.00 %');
  });

  it('of nothing is no division by nought', () => {
    expect(changeOf([point({ equity: 0n, hold: 0n }), point({})])).toMatchObject({ equityBps: 0n });
  });
});

it('reads a day without shifting it to another zone', () => {
  expect(formatDay('2008-09-15')).toBe('15 Sept 2008');
  expect(formatDay('\u202e2008')).toBe('\\u202e2008');
});
