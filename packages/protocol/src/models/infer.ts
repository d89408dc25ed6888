import { LichenError } from '../errors.ts';
import { badModel } from './checkModel.ts';
import {
  type CalibrationKnot,
  type IntegerLayer,
  type IntegerModel,
  integerModelLimits,
} from './integerModel.ts';

/**
 * The accumulators (int32) of the last layer, one per output.
 * @throws LichenError `bad-input` unless there is one byte of 0..127 per input.
 */
export function inferRawAll(model: IntegerModel, input: Uint8Array): Int32Array {
  checkInput(model, input);
  return inferRawFrom(model, accumulate(model.layers[0]!, input));
}

/** The accumulators of the last layer, given those of the first: for callers that change a few inputs at a time. */
export function inferRawFrom(model: IntegerModel, firstSums: Int32Array): Int32Array {
  let sums = firstSums;
  for (let index = 1; index < model.layers.length; index++) {
    sums = accumulate(model.layers[index]!, clampedOf(sums, model.layers[index - 1]!.shift));
  }
  return sums;
}

/**
 * The accumulator (int32) of a model with one output, before calibration.
 * @throws LichenError `bad-input` for a bad input, `bad-model` when the model has several outputs.
 */
export function inferRaw(model: IntegerModel, input: Uint8Array): number {
  const raw = inferRawAll(model, input);
  if (raw.length !== 1) throw badModel('outputs of the last layer', raw.length, '1');
  return raw[0]!;
}

/**
 * The calibrated output of a model with one output; for models of risk a probability in parts per million.
 * @throws LichenError `bad-input` for a bad input, `bad-model` when the model has several outputs.
 */
export function infer(model: IntegerModel, input: Uint8Array): bigint {
  return BigInt(calibrate(model.knots, inferRaw(model, input)));
}

/** The calibration curve at a raw accumulator; the raw value itself when there are no knots. */
export function calibrate(knots: readonly CalibrationKnot[], raw: number): number {
  const first = knots[0];
  if (first === undefined) return raw;
  if (raw <= first.x) return first.y;
  for (let i = 1; i < knots.length; i++) {
    const right = knots[i]!;
    if (raw < right.x) {
      const left = knots[i - 1]!;
      return left.y + scaleDown(right.y - left.y, raw - left.x, right.x - left.x);
    }
  }
  return knots.at(-1)!.y;
}

/** floor(rise * step / run). The product may reach 2^64, beyond the exact range of a number. */
function scaleDown(rise: number, step: number, run: number): number {
  const product = rise * step;
  if (product <= Number.MAX_SAFE_INTEGER) return Math.floor((product - (product % run)) / run);
  return Number((BigInt(rise) * BigInt(step)) / BigInt(run));
}

/** The accumulators of one layer. */
export function accumulate(layer: IntegerLayer, values: Uint8Array): Int32Array {
  const { weights, biases, outputs } = layer;
  const width = values.length;
  const sums = new Int32Array(outputs);
  for (let output = 0, at = 0; output < outputs; output++) {
    let sum = biases[output]!;
    for (let i = 0; i < width; i++, at++) sum += weights[at]! * values[i]!;
    sums[output] = sum;
  }
  return sums;
}

function clampedOf(sums: Int32Array, shift: number): Uint8Array {
  const values = new Uint8Array(sums.length);
  for (let i = 0; i < sums.length; i++) {
    const shifted = sums[i]! >> shift;
    values[i] = shifted < 0 ? 0 : shifted > 127 ? 127 : shifted;
  }
  return values;
}

function checkInput(model: IntegerModel, input: Uint8Array): void {
  if (input.length !== model.inputs) {
    throw new LichenError('bad-input', 'The input has the wrong number of bytes.', {
      got: `${input.length}`,
      expected: `${model.inputs}`,
      retry: 'after-fix',
    });
  }
  const bad = input.findIndex((value) => value > integerModelLimits.activation);
  if (bad >= 0) {
    throw new LichenError('bad-input', 'An input of the model is out of range.', {
      got: `${input[bad]} at position ${bad}`,
      expected: '0 to 127',
      retry: 'after-fix',
    });
  }
}
