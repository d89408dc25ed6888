/** Positions of the set bits of a bitmap of up to 64 reporters, ascending. */
export function indicesOf(bitmap: bigint): readonly number[] {
  const indices: number[] = [];
  for (let index = 0; index < 64; index += 1) {
    if (((bitmap >> BigInt(index)) & 1n) === 1n) indices.push(index);
  }
  return indices;
}
