import { areaUnderCurve } from './areaUnderCurve.ts';
import {
  backward,
  clip,
  createPass,
  forward,
  initialParameters,
  isWeight,
  onGrid,
  type Pass,
  parameterCount,
  unit,
} from './denseNetwork.ts';
import { exactLog, logistic } from './exactMath.ts';
import { featureCount, type QuoteSamples } from './quoteSamples.ts';
import { seededRandom, shuffle } from './seededRandom.ts';

/** How the network is trained. Chosen on months 9 and 10. */
export const trainingPlan = {
  seed: 2013,
  batch: 256,
  /** Passes over the data with real-valued parameters, then with parameters and activations on the integer grid. */
  realEpochs: 5,
  gridEpochs: 4,
  /** Falls in a straight line to zero at the end. */
  learningRate: 0.001,
  /** Pull of the weights towards zero, per step and learning rate (Loshchilov and Hutter 2019). */
  weightDecay: 0.3,
} as const;
export type TrainingPlan = { readonly [Key in keyof typeof trainingPlan]: number };

export interface TrainedNetwork {
  /** On the integer grid. */
  readonly parameters: Float64Array;
  /** The best network before the grid, to tell what the grid costs. */
  readonly real: Float64Array;
  /** On the integer grid, after the last pass, whatever it scored. */
  readonly last: Float64Array;
  /** Mean of each input byte over the training rows; inputs are centred on it. */
  readonly centre: Uint8Array;
}

export interface EpochReport {
  readonly epoch: number;
  readonly epochs: number;
  readonly trainLogLoss: number;
  readonly tuneAuc: number;
}

/**
 * Trains on `trainRows` by Adam (Kingma and Ba 2015) and keeps the epoch with the best area under the curve on
 * `tuneRows`. Only + - * / and square roots: the same bits on every machine.
 */
export async function trainNetwork(
  samples: QuoteSamples,
  trainRows: Uint32Array,
  tuneRows: Uint32Array,
  plan: TrainingPlan,
  onEpoch: (report: EpochReport) => void,
): Promise<TrainedNetwork> {
  const random = seededRandom(plan.seed);
  const centre = centreOf(samples, trainRows);
  const rows = Uint32Array.from(trainRows);
  const baseRate = rows.reduce((sum, row) => sum + samples.bad[row]!, 0) / rows.length;
  const parameters = initialParameters(random, exactLog(baseRate / (1 - baseRate)));
  const adam = createAdam();
  const epochs = plan.realEpochs + plan.gridEpochs;
  const steps = epochs * Math.ceil(rows.length / plan.batch);
  let best = { auc: 0, parameters };
  let real = { auc: 0, parameters };
  for (let epoch = 0, step = 0; epoch < epochs; epoch++) {
    const grid = epoch >= plan.realEpochs;
    shuffle(rows, random);
    let loss = 0;
    for (let from = 0; from < rows.length; from += plan.batch, step++) {
      const batch = rows.subarray(from, from + plan.batch);
      const gradient = new Float64Array(parameterCount);
      loss += accumulate(grid ? onGrid(parameters) : parameters, samples, batch, centre, grid, gradient);
      const rate = plan.learningRate * (1 - step / steps);
      decay(parameters, rate * plan.weightDecay);
      adam(parameters, gradient, batch.length, rate);
      clip(parameters);
    }
    const candidate = grid ? onGrid(parameters) : Float64Array.from(parameters);
    const auc = areaUnderCurve(
      scoresOf(candidate, samples, tuneRows, centre, grid),
      badOf(samples, tuneRows),
    );
    if (grid && auc > best.auc) best = { auc, parameters: candidate };
    if (!grid && auc > real.auc) real = { auc, parameters: candidate };
    // Lets a server that trains in its own process answer between passes.
    await new Promise(setImmediate);
    onEpoch({ epoch: epoch + 1, epochs, trainLogLoss: loss / rows.length, tuneAuc: auc });
  }
  return { parameters: best.parameters, real: real.parameters, last: onGrid(parameters), centre };
}

/** Log-odds of the given rows; with `whole`, cut as the integer model cuts. */
export function scoresOf(
  parameters: Float64Array,
  samples: QuoteSamples,
  rows: Uint32Array,
  centre: Uint8Array,
  whole: boolean,
): Float64Array {
  const pass = createPass();
  return Float64Array.from(rows, (row) => {
    load(pass, samples, row, centre);
    return forward(parameters, pass, whole);
  });
}

/** 1 for each bad flight among the rows. */
export function badOf(samples: QuoteSamples, rows: Uint32Array): Uint8Array {
  return Uint8Array.from(rows, (row) => samples.bad[row]!);
}

function load(pass: Pass, samples: QuoteSamples, row: number, centre: Uint8Array): void {
  const from = row * featureCount;
  for (let i = 0; i < featureCount; i++) pass.input[i] = (samples.features[from + i]! - centre[i]!) / unit;
}

const scratch = createPass();
function accumulate(
  parameters: Float64Array,
  samples: QuoteSamples,
  batch: Uint32Array,
  centre: Uint8Array,
  grid: boolean,
  gradient: Float64Array,
): number {
  let loss = 0;
  for (const row of batch) {
    load(scratch, samples, row, centre);
    const probability = logistic(forward(parameters, scratch, grid));
    const bad = samples.bad[row]!;
    loss -= exactLog(Math.max(1e-12, bad === 1 ? probability : 1 - probability));
    backward(parameters, scratch, probability - bad, gradient);
  }
  return loss;
}

function centreOf(samples: QuoteSamples, rows: Uint32Array): Uint8Array {
  return Uint8Array.from({ length: featureCount }, (_, feature) => {
    let sum = 0;
    for (const row of rows) sum += samples.features[row * featureCount + feature]!;
    return Math.round(sum / rows.length);
  });
}

/** Shrinks the weights, not the biases. */
function decay(parameters: Float64Array, share: number): void {
  for (let i = 0; i < parameterCount; i++) if (isWeight(i)) parameters[i]! *= 1 - share;
}

/** One step of Adam with the usual decay rates of 0.9 and 0.999. */
function createAdam() {
  const mean = new Float64Array(parameterCount);
  const square = new Float64Array(parameterCount);
  let meanDecay = 1;
  let squareDecay = 1;
  return (parameters: Float64Array, gradient: Float64Array, size: number, rate: number): void => {
    meanDecay *= 0.9;
    squareDecay *= 0.999;
    for (let i = 0; i < parameterCount; i++) {
      const slope = gradient[i]! / size;
      mean[i] = 0.9 * mean[i]! + 0.1 * slope;
      square[i] = 0.999 * square[i]! + 0.001 * slope * slope;
      const divisor = Math.sqrt(square[i]! / (1 - squareDecay)) + 1e-8;
      parameters[i]! -= (rate * (mean[i]! / (1 - meanDecay))) / divisor;
    }
  };
}
