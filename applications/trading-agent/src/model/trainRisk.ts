import {
  areaUnderCurve,
  type Evaluation,
  evaluate,
  exportModel,
  fitCalibration,
  type QuoteSamples,
  type TrainedNetwork,
  trainingPlan,
  trainNetwork,
} from '@lichen/node';
import { encodeModel, type IntegerModel, infer, inferRaw, type MarketBar, modelIdOf } from '@lichen/protocol';
import { periods, samplesIn } from './periods.ts';
import { fallBps, horizonDays, type Sample, samplesOf } from './samples.ts';

/** How the network is trained; chosen on the validation years. The rest is the plan of the flight-delay model. */
export const plan = {
  ...trainingPlan,
  seed: 2000,
  batch: 64,
  realEpochs: 10,
  gridEpochs: 6,
  weightDecay: 3,
} as const;

/** What the model is, where it comes from, and how it did on years that it never saw. */
export interface RiskCard {
  readonly name: 'index-risk';
  readonly format: 'LIM1';
  readonly modelId: string;
  readonly bytes: number;
  readonly target: string;
  readonly output: string;
  readonly note: string;
  readonly data: { readonly series: string; readonly sha256: string };
  readonly periods: Record<keyof typeof periods, { readonly span: string; readonly samples: number }>;
  readonly plan: typeof plan;
  readonly train: Evaluation;
  readonly validation: Evaluation;
  readonly heldOut: Evaluation;
  /** What it is to be compared with, on the held-out years. */
  readonly baselines: {
    /** Area under the curve of the 21-day volatility alone. */
    readonly volatilityAuc: { readonly validation: number; readonly heldOut: number };
    /** Brier score of always saying the share of the years before. */
    readonly baseRateBrier: { readonly validation: number; readonly heldOut: number };
  };
  /** The same network trained to tell whether the price rises: the reason why the agent does not ask that. */
  readonly direction: { readonly validationAuc: number; readonly heldOutAuc: number };
}

export interface TrainedRisk {
  readonly model: IntegerModel;
  readonly blob: Uint8Array;
  readonly card: RiskCard;
}

const rounded = (value: number): number => Math.round(value * 1e6) / 1e6;
const rangeOf = (from: number, to: number) => Uint32Array.from({ length: to - from }, (_, at) => from + at);

type Label = 'falls' | 'rises';
const tableOf = (samples: readonly Sample[], label: Label): QuoteSamples => ({
  count: samples.length,
  features: Uint8Array.from(samples.flatMap(({ input }) => input)),
  bad: Uint8Array.from(samples, (sample) => sample[label]),
  month: new Uint8Array(samples.length),
});

/** Trains on `train`, keeps the pass that is best on `tune`. */
function networkOf(train: readonly Sample[], tune: readonly Sample[], label: Label): Promise<TrainedNetwork> {
  const table = tableOf([...train, ...tune], label);
  const split = train.length;
  return trainNetwork(table, rangeOf(0, split), rangeOf(split, table.count), plan, () => undefined);
}

const rawsOf = (model: IntegerModel, samples: readonly Sample[]) =>
  samples.map(({ input }) => inferRaw(model, Uint8Array.from(input)));

/** Raw outputs for each quarter of the samples by a network that never saw it, nor the days beside it. */
async function outOfFold(samples: readonly Sample[]): Promise<number[]> {
  const folds = 4;
  const raws: number[] = [];
  for (let fold = 0; fold < folds; fold += 1) {
    const [from, to] = [fold, fold + 1].map((at) => Math.floor((at * samples.length) / folds)) as [
      number,
      number,
    ];
    const others = samples.filter((_, at) => at < from - horizonDays || at >= to + horizonDays);
    const network = await networkOf(others, others, 'falls');
    raws.push(...rawsOf(exportModel(network.last, network.centre), samples.slice(from, to)));
  }
  return raws;
}

/**
 * Trains the model of risk from the record; the same bytes on every machine. The held-out years are looked at once, for
 * the card, when everything is decided.
 */
export async function trainRisk(bars: readonly MarketBar[], recordSha256: string): Promise<TrainedRisk> {
  const samples = samplesOf(bars);
  const [train, validation, heldOut] = (['train', 'validation', 'heldOut'] as const).map((name) =>
    samplesIn(samples, name),
  ) as [Sample[], Sample[], Sample[]];
  const network = await networkOf(train, validation, 'falls');
  const early = [...train, ...validation];
  const knots = fitCalibration(
    await outOfFold(early),
    early.map(({ falls }) => falls),
  );
  const model: IntegerModel = { ...exportModel(network.parameters, network.centre), knots };
  const blob = encodeModel(model);

  const measured = (of: readonly Sample[]): Evaluation =>
    evaluate(
      of.map(({ input }) => Number(infer(model, Uint8Array.from(input)))),
      of.map(({ falls }) => falls),
    );
  const volatilityAuc = (of: readonly Sample[]) =>
    rounded(
      areaUnderCurve(
        of.map(({ features }) => features.volatility),
        of.map(({ falls }) => falls),
      ),
    );
  const shareOf = (of: readonly Sample[]) => of.reduce((sum, { falls }) => sum + falls, 0) / of.length;
  const baseRateBrier = (before: readonly Sample[], of: readonly Sample[]) => {
    const share = shareOf(before);
    return rounded(of.reduce((sum, { falls }) => sum + (falls - share) ** 2, 0) / of.length);
  };
  const direction = await networkOf(train, validation, 'rises');
  const directionModel = exportModel(direction.parameters, direction.centre);
  const directionAuc = (of: readonly Sample[]) =>
    rounded(
      areaUnderCurve(
        rawsOf(directionModel, of),
        of.map(({ rises }) => rises),
      ),
    );
  const periodOf = (name: keyof typeof periods, count: number) => ({
    span: `${periods[name].from} to ${periods[name].to}`,
    samples: count,
  });
  return {
    model,
    blob,
    card: {
      name: 'index-risk',
      format: 'LIM1',
      modelId: modelIdOf(blob),
      bytes: blob.length,
      target: `a close within ${horizonDays} days, the first included, is ${fallBps} bps or more below the open of the first`,
      output: 'parts per million, calibrated out of fold on the years up to 2006',
      note: 'It is here to be held to account, not to beat the market: see the baselines.',
      data: { series: 'S&P 500 index, daily, vega-datasets sp500-2000.csv', sha256: recordSha256 },
      periods: {
        train: periodOf('train', train.length),
        validation: periodOf('validation', validation.length),
        heldOut: periodOf('heldOut', heldOut.length),
      },
      plan,
      train: measured(train),
      validation: measured(validation),
      heldOut: measured(heldOut),
      baselines: {
        volatilityAuc: { validation: volatilityAuc(validation), heldOut: volatilityAuc(heldOut) },
        baseRateBrier: {
          validation: baseRateBrier(train, validation),
          heldOut: baseRateBrier(early, heldOut),
        },
      },
      direction: { validationAuc: directionAuc(validation), heldOutAuc: directionAuc(heldOut) },
    },
  };
}
