import type { EquityPoint } from '@lichen/sdk';
import { plainText } from '../journal/plainText.ts';

/** What a decision did, as far as its words tell: the colour and shape of its sign on the curve. */
export type Move = 'buy' | 'sell' | 'act' | 'none';

/** `buy`, `sell` or `act` for an intent, by the first word of its choice; `none` for a refusal. */
export function moveOf({ kind, choice }: Pick<EquityPoint, 'kind' | 'choice'>): Move {
  if (kind !== 'intent') return 'none';
  const word = /^(buy|sell)\b/i.exec(choice)?.[1]?.toLowerCase();
  return word === 'buy' || word === 'sell' ? word : 'act';
}

/** A moment on a chart's axis: a day, or unix seconds where days do not only go forward. */
export type CurveTime = string | number;

export interface Curve {
  /** One for each moment, oldest first; the last of a day stands for it. */
  readonly points: readonly EquityPoint[];
  /** Of the same length, strictly ascending. */
  readonly times: readonly CurveTime[];
}

const isDay = (day: string) => /^\d{4}-\d{2}-\d{2}$/.test(day) && Number.isFinite(Date.parse(day));

/**
 * Points on an axis that only goes forward: by recorded day, or by the agent's clock where a day comes back, as in a record
 * that began again.
 */
export function curveOf(points: readonly EquityPoint[]): Curve {
  const sorted = points.toSorted((a, b) => a.at - b.at);
  const byDays = sorted.every(({ day }, at) => isDay(day) && (at === 0 || day >= sorted[at - 1]!.day));
  const timeOf = (point: EquityPoint): CurveTime => (byDays ? point.day : Math.floor(point.at / 1_000));
  const kept: EquityPoint[] = [];
  const times: CurveTime[] = [];
  for (const point of sorted) {
    const time = timeOf(point);
    if (times.at(-1) === time) kept[kept.length - 1] = point;
    else {
      kept.push(point);
      times.push(time);
    }
  }
  return { points: kept, times };
}

export interface CurveMarker {
  readonly time: CurveTime;
  readonly move: Exclude<Move, 'none'>;
  readonly index: number;
}

/** One sign for every point with an act. */
export function markersOf({ points, times }: Curve): readonly CurveMarker[] {
  return points.flatMap((point, at) => {
    const move = moveOf(point);
    return move === 'none' ? [] : [{ time: times[at]!, move, index: point.index }];
  });
}

/** What became of the money from the first point to the last; undefined without points. */
export interface CurveChange {
  readonly equity: bigint;
  readonly hold: bigint;
  /** Hundredths of a percent, rounded half away from zero. */
  readonly equityBps: bigint;
  readonly holdBps: bigint;
}

export function changeOf(points: readonly EquityPoint[]): CurveChange | undefined {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const bps = (from: bigint, to: bigint) => {
    if (from <= 0n) return 0n;
    const doubled = (to - from) * 20_000n;
    return (doubled + (doubled < 0n ? -from : from)) / (2n * from);
  };
  return {
    equity: last.equity,
    hold: last.hold,
    equityBps: bps(first.equity, last.equity),
    holdBps: bps(first.hold, last.hold),
  };
}

/** `+12.34 %`, `−0.05 %` or `0.00 %` of hundredths of a percent. */
export function formatBps(bps: bigint): string {
  const size = bps < 0n ? -bps : bps;
  const sign = bps < 0n ? '−' : bps > 0n ? '+' : '';
  return `${sign}${(size / 100n).toLocaleString('en')}.${(size % 100n).toString().padStart(2, '0')} %`;
}

/** `1.23 points more than buy and hold` of a change. */
export function comparedText({ equityBps, holdBps }: CurveChange): string {
  const difference = equityBps - holdBps;
  if (difference === 0n) return 'the same as buy and hold';
  const size = formatBps(difference < 0n ? -difference : difference).slice(1, -2);
  return `${size} points ${difference > 0n ? 'more' : 'less'} than buy and hold`;
}

const day = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'UTC',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
});

/** `15 Sep 2008` of `2008-09-15`; anything else as it is, safe to show. */
export function formatDay(text: string): string {
  return isDay(text) ? day.format(Date.parse(text)) : plainText(text);
}
