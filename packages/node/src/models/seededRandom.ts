/** A source of whole numbers in [0, 2^32), the same for the same seed on every machine. */
export type SeededRandom = () => number;

/** xorshift32 (Marsaglia, "Xorshift RNGs", 2003) after one round of mixing, so that near seeds diverge. */
export function seededRandom(seed: number): SeededRandom {
  let state = mix32(seed + 0x9e37) || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

/** A well-mixed 32-bit hash of a whole number (the finaliser of MurmurHash3). */
export function mix32(value: number): number {
  let x = value | 0;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

/** A number in [-1, 1), a multiple of 2^-31. */
export function symmetricUnit(random: SeededRandom): number {
  return random() / 2 ** 31 - 1;
}

/** Shuffles in place (Fisher and Yates). */
export function shuffle(values: Uint32Array, random: SeededRandom): void {
  for (let last = values.length - 1; last > 0; last--) {
    const other = random() % (last + 1);
    const held = values[last]!;
    values[last] = values[other]!;
    values[other] = held;
  }
}
