/** One dense layer. Weights are row-major `[outputs][width]`, where width is the size of the layer before. */
export interface IntegerLayer {
  readonly outputs: number;
  /** Right shift of the accumulator before the clamp to 0..127; 0 on the last layer. */
  readonly shift: number;
  readonly weights: Int8Array;
  readonly biases: Int32Array;
}

/** A point of the calibration curve from the raw accumulator (int32) to the output (uint32). */
export interface CalibrationKnot {
  readonly x: number;
  readonly y: number;
}

/** An integer network as in docs/spec/integer-model.md. Layers before the last clamp their outputs to 0..127. */
export interface IntegerModel {
  readonly inputs: number;
  readonly layers: readonly IntegerLayer[];
  /** Empty: the output is the raw accumulator. */
  readonly knots: readonly CalibrationKnot[];
}

/** The limits of version 1; they keep every accumulator inside int32. */
export const integerModelLimits = {
  inputs: 256,
  layers: 4,
  outputs: 256,
  shift: 24,
  /** Exclusive, for the absolute value. */
  bias: 2 ** 30,
  knots: 32,
  /** Largest value of an input or an activation. */
  activation: 127,
} as const;
