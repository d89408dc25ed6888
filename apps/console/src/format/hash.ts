/** `0x12ab…9f03`: enough of a hash or address to compare by eye; shorter text is returned unchanged. */
export function shortenHash(hash: string): string {
  return hash.length <= 14 ? hash : `${hash.slice(0, 6)}…${hash.slice(-4)}`;
}

/** Indices of the bits that are set, ascending. */
export function bitsOf(bitmap: bigint): number[] {
  const bits: number[] = [];
  for (let index = 0, rest = bitmap; rest > 0n; index += 1, rest >>= 1n) if (rest & 1n) bits.push(index);
  return bits;
}
