import { LichenError } from '../errors.ts';
import { type IntegerModel, integerModelLimits as limits } from './integerModel.ts';

/** The error of every refused model: says which field, what it held and what the format allows. */
export function badModel(field: string, got: number | string, expected: string): LichenError {
  return new LichenError('bad-model', `The integer model is malformed: ${field}.`, {
    got: String(got),
    expected,
    next: 'Export the model again; docs/spec/integer-model.md has the format.',
    retry: 'after-fix',
  });
}

/** @throws LichenError `bad-model` unless `value` is an integer from `low` to `high`. */
export function requireWithin(field: string, value: number, low: number, high: number): void {
  if (!Number.isInteger(value) || value < low || value > high)
    throw badModel(field, value, `${low} to ${high}`);
}

/** @throws LichenError `bad-model` unless the model keeps every limit of docs/spec/integer-model.md. */
export function checkModel(model: IntegerModel): void {
  requireWithin('inputs', model.inputs, 1, limits.inputs);
  requireWithin('layer count', model.layers.length, 1, limits.layers);
  let width = model.inputs;
  model.layers.forEach((layer, index) => {
    const last = index === model.layers.length - 1;
    requireWithin(`outputs of layer ${index}`, layer.outputs, 1, limits.outputs);
    requireWithin(`shift of layer ${index}`, layer.shift, 0, last ? 0 : limits.shift);
    const size = layer.outputs * width;
    requireWithin(`weight count of layer ${index}`, layer.weights.length, size, size);
    requireWithin(`bias count of layer ${index}`, layer.biases.length, layer.outputs, layer.outputs);
    for (const bias of layer.biases) {
      requireWithin(`bias of layer ${index}`, bias, 1 - limits.bias, limits.bias - 1);
    }
    width = layer.outputs;
  });
  checkKnots(model, width);
}

function checkKnots(model: IntegerModel, lastOutputs: number): void {
  const { knots } = model;
  if (knots.length === 0) return;
  if (lastOutputs !== 1)
    throw badModel('knots', knots.length, 'none when the last layer has several outputs');
  requireWithin('knot count', knots.length, 2, limits.knots);
  knots.forEach(({ x, y }, index) => {
    requireWithin(`x of knot ${index}`, x, -(2 ** 31), 2 ** 31 - 1);
    requireWithin(`y of knot ${index}`, y, 0, 2 ** 32 - 1);
    const before = knots[index - 1];
    if (before === undefined) return;
    if (x <= before.x) throw badModel(`x of knot ${index}`, x, `more than ${before.x}`);
    if (y < before.y) throw badModel(`y of knot ${index}`, y, `${before.y} or more`);
  });
}
