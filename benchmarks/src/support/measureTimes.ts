/** Milliseconds, whole. */
export interface Timed {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

export function medianOf(milliseconds: readonly number[]): number {
  const sorted = [...milliseconds].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
  return Math.round(median);
}

export function times(milliseconds: readonly number[]): Timed {
  return {
    median: medianOf(milliseconds),
    least: Math.round(Math.min(...milliseconds)),
    most: Math.round(Math.max(...milliseconds)),
  };
}

/** Does something a number of times, one after the other, and says how long each took. */
export async function timed(count: number, act: () => Promise<unknown>): Promise<Timed> {
  const taken: number[] = [];
  for (let nth = 0; nth < count; nth++) {
    const started = performance.now();
    await act();
    taken.push(performance.now() - started);
  }
  return times(taken);
}
