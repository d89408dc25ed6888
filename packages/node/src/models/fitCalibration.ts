import type { CalibrationKnot } from '@lichen/protocol';

interface Pool {
  count: number;
  rawSum: number;
  badSum: number;
}

/** Shares of the flights below each cut, finer at the top where premiums are highest. */
const cuts = [
  0.04, 0.08, 0.12, 0.17, 0.22, 0.27, 0.32, 0.37, 0.42, 0.47, 0.52, 0.57, 0.62, 0.67, 0.72, 0.77, 0.81, 0.85,
  0.88, 0.91, 0.935, 0.955, 0.97, 0.98, 0.988, 0.994, 1,
];

/**
 * A calibration curve from raw outputs to parts per million: means of bad flights over cuts of equal raw output, made
 * monotone by pooling adjacent violators (Ayer et al. 1955). Each knot is the mean of its pool.
 */
export function fitCalibration(raws: ArrayLike<number>, bad: ArrayLike<number>): CalibrationKnot[] {
  const order = Uint32Array.from({ length: raws.length }, (_, index) => index);
  order.sort((a, b) => raws[a]! - raws[b]!);
  const pools: Pool[] = [];
  let pool: Pool = { count: 0, rawSum: 0, badSum: 0 };
  let cut = 0;
  order.forEach((index, position) => {
    const seen = position + 1;
    pool.count++;
    pool.rawSum += raws[index]!;
    pool.badSum += bad[index]!;
    const next = order[position + 1];
    // Flights with the same raw output stay in one pool.
    if (next !== undefined && (seen < cuts[cut]! * order.length || raws[next] === raws[index])) return;
    pools.push(pool);
    pool = { count: 0, rawSum: 0, badSum: 0 };
    while (cut < cuts.length - 1 && seen >= cuts[cut]! * order.length) cut++;
  });
  return knotsOf(pooled(pools));
}

function pooled(pools: readonly Pool[]): Pool[] {
  const kept: Pool[] = [];
  for (const next of pools) {
    let last = { ...next };
    for (let before = kept.at(-1); before !== undefined; before = kept.at(-1)) {
      if (before.badSum / before.count < last.badSum / last.count) break;
      kept.pop();
      last = {
        count: before.count + last.count,
        rawSum: before.rawSum + last.rawSum,
        badSum: before.badSum + last.badSum,
      };
    }
    kept.push(last);
  }
  return kept;
}

function knotsOf(pools: readonly Pool[]): CalibrationKnot[] {
  const knots: CalibrationKnot[] = [];
  for (const { count, rawSum, badSum } of pools) {
    const x = Math.round(rawSum / count);
    const y = Math.round((badSum / count) * 1_000_000);
    const before = knots.at(-1);
    if (before === undefined || x > before.x) knots.push({ x, y });
  }
  return knots;
}
