/** How a feature becomes a byte of 0..127, and back to a value for the reader of a screen. */
export interface FeatureScale {
  readonly unit: string;
  /** The rule from a whole-number value to the byte, before the clamp to 0..127. */
  readonly rule: string;
  /** The byte of a whole-number value. */
  encode(value: number): number;
  /** The middle of the values that share the byte, rounded to what the unit deserves. */
  decode(byte: number): number;
}

const clamp = (value: number): number => (value < 0 ? 0 : value > 127 ? 127 : value);

/** Whole-number square root, rounded down. Math.sqrt is correctly rounded (IEEE 754), so this is exact below 2^52. */
function wholeRoot(value: number): number {
  return Math.floor(Math.sqrt(value));
}

/** byte = (value - base) / step. `perUnit` values make one unit of the screen. */
export function linearScale(unit: string, step: number, base = 0, perUnit = 1): FeatureScale {
  return {
    unit,
    rule: `floor((value - ${base}) / ${step})`,
    encode: (value) => clamp(Math.floor((value - base) / step)),
    decode: (byte) => Math.round(((base + byte * step + Math.floor(step / 2)) * 10) / perUnit) / 10,
  };
}

/** byte = value * times. */
export function multipleScale(unit: string, times: number): FeatureScale {
  return {
    unit,
    rule: `value * ${times}`,
    encode: (value) => clamp(value * times),
    decode: (byte) => Math.floor(byte / times),
  };
}

/** Square root: fine steps where most flights are, coarse ones in the tail. byte = sqrt(value * times / over). */
export function rootScale(unit: string, times: number, over = 1, perUnit = 1): FeatureScale {
  return {
    unit,
    rule: `floor(sqrt(floor(value * ${times} / ${over})))`,
    encode: (value) => clamp(wholeRoot(Math.floor((value * times) / over))),
    decode: (byte) => Math.round(((byte * byte + byte) * over * 100) / (times * perUnit)) / 100,
  };
}

/** A share in parts per million, shown in percent. byte = ppm / step. */
export function shareScale(step: number): FeatureScale {
  return {
    unit: '%',
    rule: `floor(value / ${step})`,
    encode: (ppm) => clamp(Math.floor(ppm / step)),
    decode: (byte) => Math.round((byte * step + step / 2) / 1000) / 10,
  };
}
