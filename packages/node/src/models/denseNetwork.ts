import { type SeededRandom, symmetricUnit } from './seededRandom.ts';

/** The shape of the flight-delay model: 16 inputs, hidden layers of 32 and 16, one output. */
export const shape = { inputs: 16, first: 32, second: 16 } as const;

/**
 * Bits after the point of the weights of each layer when they become int8. The limits of the weights follow:
 * 127 / 2^5 = 3.97 for the first layer, 1.98 for the second, 7.94 for the last.
 */
export const weightBits = { first: 5, second: 6, last: 4 } as const;

const { inputs, first, second } = shape;
const sizes = [first * inputs, first, second * first, second, second, 1] as const;
const offsets = sizes.map((_, index) => sizes.slice(0, index).reduce((sum, size) => sum + size, 0));
export const parameterCount = sizes.reduce((sum, size) => sum + size, 0);

/** Where each group of parameters starts in the flat array. */
export const at = {
  firstWeights: offsets[0]!,
  firstBiases: offsets[1]!,
  secondWeights: offsets[2]!,
  secondBiases: offsets[3]!,
  lastWeights: offsets[4]!,
  lastBias: offsets[5]!,
} as const;

/** Activations live in [0, 127/128] so that every quantised value is a dyadic fraction, exact in a double. */
export const unit = 128;
const ceiling = 127 / unit;

/** A fresh network; `baseLogit` is where its output starts. */
export function initialParameters(random: SeededRandom, baseLogit: number): Float64Array {
  const parameters = new Float64Array(parameterCount);
  for (let i = 0; i < sizes[0]; i++) parameters[at.firstWeights + i] = 0.8 * symmetricUnit(random);
  for (let i = 0; i < first; i++) parameters[at.firstBiases + i] = 0.2 + 0.2 * symmetricUnit(random);
  for (let i = 0; i < sizes[2]; i++) parameters[at.secondWeights + i] = 0.35 * symmetricUnit(random);
  for (let i = 0; i < second; i++) parameters[at.secondBiases + i] = 0.2 + 0.2 * symmetricUnit(random);
  for (let i = 0; i < second; i++) parameters[at.lastWeights + i] = symmetricUnit(random);
  parameters[at.lastBias] = baseLogit;
  return parameters;
}

/** Bits after the point, and the largest magnitude, of a parameter when it becomes an integer. */
export function gridOf(index: number): { readonly bits: number; readonly limit: number } {
  if (index < at.firstBiases) return { bits: weightBits.first, limit: 127 / 2 ** weightBits.first };
  if (index < at.secondWeights) return { bits: weightBits.first + 7, limit: 64 };
  if (index < at.secondBiases) return { bits: weightBits.second, limit: 127 / 2 ** weightBits.second };
  if (index < at.lastWeights) return { bits: weightBits.second + 7, limit: 64 };
  if (index < at.lastBias) return { bits: weightBits.last, limit: 127 / 2 ** weightBits.last };
  return { bits: weightBits.last + 7, limit: 64 };
}

/** True for weights, false for biases. */
export function isWeight(index: number): boolean {
  return gridOf(index).limit < 64;
}

/** The parameters on the grid of integers that the exported model has. */
export function onGrid(parameters: Float64Array): Float64Array {
  return parameters.map((value, index) => {
    const { bits } = gridOf(index);
    return Math.floor(value * 2 ** bits + 0.5) / 2 ** bits;
  });
}

/** Keeps every parameter inside what its integer can hold. */
export function clip(parameters: Float64Array): void {
  for (let index = 0; index < parameters.length; index++) {
    const { limit } = gridOf(index);
    parameters[index] = Math.min(limit, Math.max(-limit, parameters[index]!));
  }
}

/** Working memory of one pass. */
export interface Pass {
  readonly input: Float64Array;
  readonly first: Float64Array;
  readonly second: Float64Array;
  readonly firstError: Float64Array;
  readonly secondError: Float64Array;
}

export function createPass(): Pass {
  return {
    input: new Float64Array(inputs),
    first: new Float64Array(first),
    second: new Float64Array(second),
    firstError: new Float64Array(first),
    secondError: new Float64Array(second),
  };
}

/**
 * The output in log-odds for `pass.input`. With `whole`, activations are cut to multiples of 1/128 exactly as the
 * integer model does, so that with parameters on the grid the result equals the integer model's.
 */
export function forward(p: Float64Array, pass: Pass, whole: boolean): number {
  const { input, first: one, second: two } = pass;
  for (let o = 0, w = at.firstWeights; o < first; o++) {
    let sum = p[at.firstBiases + o]!;
    for (let i = 0; i < inputs; i++, w++) sum += p[w]! * input[i]!;
    one[o] = activation(sum, whole);
  }
  for (let o = 0, w = at.secondWeights; o < second; o++) {
    let sum = p[at.secondBiases + o]!;
    for (let i = 0; i < first; i++, w++) sum += p[w]! * one[i]!;
    two[o] = activation(sum, whole);
  }
  let logit = p[at.lastBias]!;
  for (let i = 0; i < second; i++) logit += p[at.lastWeights + i]! * two[i]!;
  return logit;
}

function activation(sum: number, whole: boolean): number {
  if (sum <= 0) return 0;
  if (sum >= ceiling) return ceiling;
  return whole ? Math.floor(sum * unit) / unit : sum;
}

/**
 * Adds the gradient of the loss to `gradient`, given the derivative by the log-odds and the pass of `forward`.
 * Cut activations pass the gradient straight through (Bengio et al. 2013, "Estimating or propagating gradients").
 */
export function backward(p: Float64Array, pass: Pass, error: number, gradient: Float64Array): void {
  const { input, first: one, second: two, firstError, secondError } = pass;
  gradient[at.lastBias]! += error;
  firstError.fill(0);
  for (let o = 0; o < second; o++) {
    gradient[at.lastWeights + o]! += error * two[o]!;
    const inside = two[o]! > 0 && two[o]! < ceiling;
    secondError[o] = inside ? error * p[at.lastWeights + o]! : 0;
    const e = secondError[o]!;
    if (e === 0) continue;
    gradient[at.secondBiases + o]! += e;
    for (let i = 0, w = at.secondWeights + o * first; i < first; i++, w++) {
      gradient[w]! += e * one[i]!;
      firstError[i]! += e * p[w]!;
    }
  }
  for (let o = 0; o < first; o++) {
    if (one[o]! <= 0 || one[o]! >= ceiling) continue;
    const e = firstError[o]!;
    gradient[at.firstBiases + o]! += e;
    for (let i = 0, w = at.firstWeights + o * inputs; i < inputs; i++, w++) gradient[w]! += e * input[i]!;
  }
}
