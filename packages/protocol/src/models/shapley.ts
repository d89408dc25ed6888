import { LichenError } from '../errors.ts';
import { accumulate, calibrate, infer, inferRawFrom } from './infer.ts';
import type { IntegerModel } from './integerModel.ts';

export interface ShapleyValues {
  /** One per input, in the unit of the output; they sum to `output - baselineOutput` exactly. */
  readonly contributions: readonly bigint[];
  readonly output: bigint;
  readonly baselineOutput: bigint;
}

/** Beyond this many differing features the 2^n coalitions take too long to enumerate. */
const mostDifferingFeatures = 20;

/**
 * Exact Shapley values of the model's output for an input against a baseline input (Shapley 1953, over all
 * coalitions, no sampling). Fractions are rounded by largest remainder so that the parts add up.
 * @throws LichenError `bad-input` for a bad input or more than 20 differing features, `bad-model` for several outputs.
 */
export function shapley(model: IntegerModel, input: Uint8Array, baseline: Uint8Array): ShapleyValues {
  const output = infer(model, input);
  const baselineOutput = infer(model, baseline);
  // A feature with the same value on both sides is a null player: its value is exactly 0.
  const players = [...input.keys()].filter((index) => input[index] !== baseline[index]);
  if (players.length > mostDifferingFeatures) {
    throw new LichenError('bad-input', 'Too many features differ from the baseline.', {
      got: `${players.length}`,
      expected: `${mostDifferingFeatures} or fewer`,
      retry: 'after-fix',
    });
  }
  const contributions = new Array<bigint>(input.length).fill(0n);
  const rounded = roundByLargestRemainder(
    numeratorsOf(players.length, coalitionValues(model, input, baseline, players)),
    factorial(players.length),
    output - baselineOutput,
  );
  players.forEach((player, index) => {
    contributions[player] = rounded[index]!;
  });
  return { contributions, output, baselineOutput };
}

/** The output for every coalition; bit `j` of the position says that player `j` takes the input's value. */
function coalitionValues(
  model: IntegerModel,
  input: Uint8Array,
  baseline: Uint8Array,
  players: readonly number[],
): Float64Array {
  const values = new Float64Array(2 ** players.length);
  const first = model.layers[0]!;
  const sums = accumulate(first, baseline);
  const outputNow = () => calibrate(model.knots, inferRawFrom(model, sums)[0]!);
  values[0] = outputNow();
  // Gray code order changes one feature per step, so the first layer is updated rather than computed again.
  for (let step = 1, coalition = 0; step < values.length; step++) {
    const bit = 31 - Math.clz32(step & -step);
    coalition ^= 1 << bit;
    const player = players[bit]!;
    const joins = ((coalition >> bit) & 1) === 1;
    const change = (input[player]! - baseline[player]!) * (joins ? 1 : -1);
    for (let output = 0, at = player; output < first.outputs; output++, at += model.inputs) {
      sums[output]! += first.weights[at]! * change;
    }
    values[coalition] = outputNow();
  }
  return values;
}

/** Shapley values times n!. Sums per coalition size stay below 2^53, so only the weighting needs big integers. */
function numeratorsOf(count: number, values: Float64Array): bigint[] {
  const sizes = count + 1;
  const totals = new Float64Array(sizes);
  const withPlayer = new Float64Array(count * sizes);
  for (let coalition = 0; coalition < values.length; coalition++) {
    const value = values[coalition]!;
    let size = 0;
    for (let rest = coalition; rest !== 0; rest &= rest - 1) size++;
    totals[size]! += value;
    for (let rest = coalition; rest !== 0; rest &= rest - 1) {
      withPlayer[(31 - Math.clz32(rest & -rest)) * sizes + size]! += value;
    }
  }
  return Array.from({ length: count }, (_, player) => {
    let sum = 0n;
    for (let size = 0; size < count; size++) {
      const joined = withPlayer[player * sizes + size + 1]!;
      const before = totals[size]! - withPlayer[player * sizes + size]!;
      sum += factorial(size) * factorial(count - size - 1) * BigInt(joined - before);
    }
    return sum;
  });
}

function roundByLargestRemainder(
  numerators: readonly bigint[],
  denominator: bigint,
  total: bigint,
): bigint[] {
  const parts = numerators.map((numerator) => {
    const remainder = ((numerator % denominator) + denominator) % denominator;
    return { floor: (numerator - remainder) / denominator, remainder };
  });
  const missing = Number(total - parts.reduce((sum, part) => sum + part.floor, 0n));
  const order = [...parts.keys()].sort((a, b) => {
    const difference = parts[b]!.remainder - parts[a]!.remainder;
    return difference > 0n ? 1 : difference < 0n ? -1 : a - b;
  });
  const lucky = new Set(order.slice(0, missing));
  return parts.map((part, index) => part.floor + (lucky.has(index) ? 1n : 0n));
}

function factorial(n: number): bigint {
  let product = 1n;
  for (let factor = 2n; factor <= BigInt(n); factor++) product *= factor;
  return product;
}
