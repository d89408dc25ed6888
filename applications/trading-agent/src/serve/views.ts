import type { DecisionLog } from '@lichen/journal';
import type { EquityPoint, Ledger } from '../book/createLedger.ts';
import { summarize } from '../metrics/summarize.ts';
import { claimOf } from '../report/claimOf.ts';
import { runLabel } from '../report/runFile.ts';

/** Points of the longest curve: some 1.5 MB of JSON, of the 4 MB that a gateway hands on. */
const mostPoints = 5_000;

/** Some of the points, evenly, the last one among them. */
function every<Point>(points: readonly Point[], most: number): Point[] {
  if (points.length <= most) return [...points];
  return Array.from({ length: most }, (_, at) => points[Math.floor(((at + 1) * points.length) / most) - 1]!);
}

/** A curve short enough to be sent: orders first, then as many of the days between them as there is room for. */
export function thinned(points: readonly EquityPoint[], most = mostPoints): readonly EquityPoint[] {
  if (points.length <= most) return points;
  const orders = every(
    points.filter(({ kind }) => kind === 'intent'),
    Math.floor(most / 2),
  );
  const others = every(
    points.filter(({ kind }) => kind !== 'intent'),
    most - orders.length,
  );
  return [...orders, ...others].sort((a, b) => a.entry - b.entry);
}

/** The equity curve as JSON: amounts in base units, as text. A long one has not every day in it. */
export function equityView(ledger: Ledger) {
  return {
    unit: 'pUSD base units',
    label: runLabel,
    points: thinned(ledger.points).map(
      ({ at, day, cash, shares, price, equity, hold, entry, kind, choice }) => ({
        at,
        day,
        cash: String(cash),
        shares: String(shares),
        price: String(price),
        equity: String(equity),
        hold: String(hold),
        index: entry,
        kind,
        choice,
      }),
    ),
  };
}

/** The figures as a screen reads them, with `run` beside them, by which anybody makes them again. */
export function metricsView(ledger: Ledger, decisions: DecisionLog) {
  const run = claimOf(decisions, { mode: 'live', record: null, size: ledger.size() });
  return { label: runLabel, ...summarize(ledger), run: run ?? null };
}
