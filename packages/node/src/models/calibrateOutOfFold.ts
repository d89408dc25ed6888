import type { CalibrationKnot } from '@lichen/protocol';
import { fitCalibration } from './fitCalibration.ts';
import { periods, rowsInMonths } from './periods.ts';
import type { QuoteSamples } from './quoteSamples.ts';
import { badOf, scoresOf, type TrainingPlan, trainNetwork } from './trainNetwork.ts';

/** Raw outputs of the integer model per unit of log-odds: 4 bits of the last weights and 7 of the activations. */
const rawPerLogOdds = 2048;

/**
 * The calibration curve, from months that each network has not seen: for every pair of months from the first training
 * month to the last tuning month, a network is trained on the other months and scores the pair. Networks are too sure
 * of themselves on months they never saw, and the tuning months alone are the calmest of the year; this curve learns
 * from ten unseen months instead. Held-out months take no part.
 */
export async function calibrateOutOfFold(
  samples: QuoteSamples,
  plan: TrainingPlan,
  onFold: (fold: number, folds: number) => void,
): Promise<CalibrationKnot[]> {
  const first = periods.train.from;
  const last = periods.tune.to;
  const folds = Math.ceil((last - first + 1) / 2);
  const raws: number[] = [];
  const bad: number[] = [];
  for (let fold = 0; fold < folds; fold++) {
    const left = { from: first + 2 * fold, to: Math.min(last, first + 2 * fold + 1) };
    const unseen = rowsInMonths(samples, left);
    const before = rowsInMonths(samples, { from: first, to: left.from - 1 });
    const after = rowsInMonths(samples, { from: left.to + 1, to: last });
    const network = await trainNetwork(
      samples,
      Uint32Array.from([...before, ...after]),
      unseen,
      plan,
      () => {},
    );
    for (const score of scoresOf(network.last, samples, unseen, network.centre, true))
      raws.push(score * rawPerLogOdds);
    for (const value of badOf(samples, unseen)) bad.push(value);
    onFold(fold + 1, folds);
  }
  return fitCalibration(raws, bad);
}
