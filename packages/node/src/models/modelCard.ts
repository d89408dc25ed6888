import type { IntegerModel } from '@lichen/protocol';
import { calibrate, inferRaw } from '@lichen/protocol';
import type { FlightRecord } from '../record/loadRecord.ts';
import { areaUnderCurve } from './areaUnderCurve.ts';
import {
  type CalibrationGroup,
  calibrationBy,
  calibrationByDecile,
  type Evaluation,
  evaluate,
} from './evaluate.ts';
import { periods, rowsInMonths } from './periods.ts';
import { featureCount, type QuoteSamples } from './quoteSamples.ts';
import { badOf, scoresOf, type TrainedNetwork } from './trainNetwork.ts';

/** What the model did on flights it never saw, and on those it was made from. */
export interface ModelCard {
  readonly target: string;
  readonly periods: Record<keyof typeof periods, { readonly months: string; readonly flights: number }>;
  readonly train: Evaluation;
  readonly tune: Evaluation;
  readonly heldOut: Evaluation;
  /** Held-out flights in ten equal groups of rising predicted probability. */
  readonly deciles: readonly CalibrationGroup[];
  readonly byMonth: Record<string, CalibrationGroup>;
  readonly byCarrier: Record<string, CalibrationGroup>;
  readonly byAirport: Record<string, CalibrationGroup>;
  /** Area under the curve on held-out flights before and after rounding to integers. */
  readonly quantisation: { readonly realAuc: number; readonly integerAuc: number; readonly lost: number };
}

/** The model's probability in parts per million for each of the rows. */
export function predictRows(model: IntegerModel, samples: QuoteSamples, rows: Uint32Array): Uint32Array {
  return rows.map((row) => calibrate(model.knots, rawOf(model, samples, row)));
}

/** The model's raw output for a row. */
export function rawOf(model: IntegerModel, samples: QuoteSamples, row: number): number {
  return inferRaw(model, samples.features.subarray(row * featureCount, (row + 1) * featureCount));
}

/** Measures the model on every period; everything below `heldOut` is of held-out flights only. */
export function modelCard(
  record: FlightRecord,
  samples: QuoteSamples,
  model: IntegerModel,
  network: TrainedNetwork,
): ModelCard {
  const measured = (name: keyof typeof periods) => {
    const rows = rowsInMonths(samples, periods[name]);
    return { rows, bad: badOf(samples, rows), ppm: predictRows(model, samples, rows) };
  };
  const train = measured('train');
  const tune = measured('tune');
  const { rows, bad, ppm } = measured('heldOut');
  const raws = Float64Array.from(rows, (row) => rawOf(model, samples, row));
  const realAuc = areaUnderCurve(scoresOf(network.real, samples, rows, network.centre, false), bad);
  const integerAuc = areaUnderCurve(raws, bad);
  const rounded = (value: number): number => Math.round(value * 1e6) / 1e6;
  const periodOf = (name: keyof typeof periods, count: number) => ({
    months: `2013-${String(periods[name].from).padStart(2, '0')} to 2013-${String(periods[name].to).padStart(2, '0')}`,
    flights: count,
  });
  return {
    target: 'arrives 60 or more minutes late, is cancelled or diverted',
    periods: {
      train: periodOf('train', train.rows.length),
      tune: periodOf('tune', tune.rows.length),
      heldOut: periodOf('heldOut', rows.length),
    },
    train: evaluate(train.ppm, train.bad),
    tune: evaluate(tune.ppm, tune.bad),
    heldOut: evaluate(ppm, bad),
    deciles: calibrationByDecile(ppm, bad),
    byMonth: calibrationBy(ppm, bad, (index) => String(samples.month[rows[index]!]!)),
    byCarrier: calibrationBy(ppm, bad, (index) => record.carriers[record.carrier[rows[index]!]!]!),
    byAirport: calibrationBy(ppm, bad, (index) => record.origins[record.origin[rows[index]!]!]!),
    quantisation: {
      realAuc: rounded(realAuc),
      integerAuc: rounded(integerAuc),
      lost: rounded(realAuc - integerAuc),
    },
  };
}
