import type { IntegerLayer, IntegerModel } from '@lichen/protocol';
import { at, gridOf, shape, weightBits } from './denseNetwork.ts';

const { inputs, first, second } = shape;

/**
 * The integer model, without calibration, of parameters on the grid. Its raw output is 2048 times the network's
 * log-odds, exactly: every quantised value of the network is a whole number over a power of two.
 */
export function exportModel(parameters: Float64Array, centre: Uint8Array): IntegerModel {
  const whole = (from: number, size: number) => {
    const { bits } = gridOf(from);
    return Array.from(parameters.subarray(from, from + size), (value) => value * 2 ** bits);
  };
  const firstWeights = whole(at.firstWeights, first * inputs);
  // The network sees inputs minus their centre; the integer model sees the bytes, so the centre moves to the bias.
  const firstBiases = whole(at.firstBiases, first).map((bias, output) => {
    let sum = bias;
    for (let i = 0; i < inputs; i++) sum -= firstWeights[output * inputs + i]! * centre[i]!;
    return sum;
  });
  const layers: IntegerLayer[] = [
    layer(first, weightBits.first, firstWeights, firstBiases),
    layer(second, weightBits.second, whole(at.secondWeights, second * first), whole(at.secondBiases, second)),
    layer(1, 0, whole(at.lastWeights, second), whole(at.lastBias, 1)),
  ];
  return { inputs, layers, knots: [] };
}

function layer(outputs: number, shift: number, weights: number[], biases: number[]): IntegerLayer {
  return { outputs, shift, weights: Int8Array.from(weights), biases: Int32Array.from(biases) };
}
