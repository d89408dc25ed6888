import { checkModel } from './checkModel.ts';
import type { IntegerModel } from './integerModel.ts';

/**
 * The one encoding of a model: big-endian, as in docs/spec/integer-model.md.
 * @throws LichenError `bad-model` when a limit of the format is broken.
 */
export function encodeModel(model: IntegerModel): Uint8Array {
  checkModel(model);
  const { layers, knots } = model;
  const parameters = layers.reduce((sum, layer) => sum + layer.weights.length + 4 * layer.outputs, 0);
  const blob = new Uint8Array(8 + 4 * layers.length + parameters + 8 * knots.length);
  const view = new DataView(blob.buffer);
  view.setUint32(0, 0x4c494d31); // "LIM1"
  view.setUint16(4, model.inputs);
  view.setUint8(6, layers.length);
  let at = 7;
  layers.forEach((layer, index) => {
    view.setUint16(at, layer.outputs);
    view.setUint8(at + 2, layer.shift);
    view.setUint8(at + 3, index === layers.length - 1 ? 0 : 1);
    at += 4;
  });
  view.setUint8(at++, knots.length);
  for (const layer of layers) {
    for (const weight of layer.weights) view.setInt8(at++, weight);
    for (const bias of layer.biases) {
      view.setInt32(at, bias);
      at += 4;
    }
  }
  for (const { x, y } of knots) {
    view.setInt32(at, x);
    view.setUint32(at + 4, y);
    at += 8;
  }
  return blob;
}
