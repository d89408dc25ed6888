/** Runs work, at most so many at a time; the rest waits in line. */
export type Pool = <Value>(work: () => Promise<Value>) => Promise<Value>;

export function createPool(most: number): Pool {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
