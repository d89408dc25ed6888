import { badModel, checkModel, requireWithin } from './checkModel.ts';
import type { CalibrationKnot, IntegerLayer, IntegerModel } from './integerModel.ts';
import { integerModelLimits as limits } from './integerModel.ts';

interface LayerHeader {
  readonly outputs: number;
  readonly shift: number;
}

/**
 * The model in a blob. Refuses everything but the one encoding of a valid model.
 * @throws LichenError `bad-model` naming the first field that breaks docs/spec/integer-model.md.
 */
export function decodeModel(blob: Uint8Array): IntegerModel {
  const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength);
  if (blob.length < 8 || view.getUint32(0) !== 0x4c494d31) {
    throw badModel('magic', `${blob.length} bytes`, 'a blob that starts with LIM1');
  }
  const inputs = view.getUint16(4);
  const layerCount = view.getUint8(6);
  requireWithin('inputs', inputs, 1, limits.inputs);
  requireWithin('layer count', layerCount, 1, limits.layers);
  requireWithin('length', blob.length, 8 + 4 * layerCount, Number.MAX_SAFE_INTEGER);
  const headers = readHeaders(view, layerCount);
  const knotCount = view.getUint8(7 + 4 * layerCount);
  const length = lengthOf(inputs, headers, knotCount);
  if (blob.length !== length) throw badModel('length', `${blob.length} bytes`, `${length} bytes`);

  let at = 8 + 4 * layerCount;
  let width = inputs;
  const layers: IntegerLayer[] = headers.map(({ outputs, shift }) => {
    const weights = new Int8Array(outputs * width);
    for (let i = 0; i < weights.length; i++) weights[i] = view.getInt8(at++);
    const biases = new Int32Array(outputs);
    for (let i = 0; i < outputs; i++, at += 4) biases[i] = view.getInt32(at);
    width = outputs;
    return { outputs, shift, weights, biases };
  });
  const knots: CalibrationKnot[] = [];
  for (; at < blob.length; at += 8) knots.push({ x: view.getInt32(at), y: view.getUint32(at + 4) });
  const model = { inputs, layers, knots };
  checkModel(model);
  return model;
}

function readHeaders(view: DataView, layerCount: number): LayerHeader[] {
  return Array.from({ length: layerCount }, (_, index) => {
    const at = 7 + 4 * index;
    const activation = view.getUint8(at + 3);
    const wanted = index === layerCount - 1 ? 0 : 1;
    requireWithin(`activation of layer ${index}`, activation, wanted, wanted);
    return { outputs: view.getUint16(at), shift: view.getUint8(at + 2) };
  });
}

function lengthOf(inputs: number, headers: readonly LayerHeader[], knotCount: number): number {
  let length = 8 + 4 * headers.length + 8 * knotCount;
  let width = inputs;
  for (const { outputs } of headers) {
    length += outputs * (width + 4);
    width = outputs;
  }
  return length;
}
