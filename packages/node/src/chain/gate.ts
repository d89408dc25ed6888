/**
 * Lets requests run side by side, and now and then one piece of work alone.
 *
 * Mining runs alone: a request that anvil answered between "mined" and "on the disk" would show a block that a crash
 * could still undo.
 */
export interface Gate {
  /** Runs among others; waits while something runs alone. */
  shared<T>(work: () => Promise<T>): Promise<T>;
  /** Waits until all shared work has ended and keeps new work waiting. Callers take turns. */
  alone<T>(work: () => Promise<T>): Promise<T>;
}

export function createGate(): Gate {
  let running = 0;
  let drained: (() => void) | undefined;
  let turn: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  let open: Promise<void> | undefined;
  let reopen: () => void = () => {};

  return {
    async shared(work) {
      while (open !== undefined) await open;
      running += 1;
      try {
        return await work();
      } finally {
        running -= 1;
        if (running === 0) drained?.();
      }
    },
    alone(work) {
      waiting += 1;
      if (open === undefined) {
        open = new Promise((resolve) => {
          reopen = resolve;
        });
      }
      const mine = turn.then(async () => {
        if (running > 0) {
          await new Promise<void>((resolve) => {
            drained = resolve;
          });
          drained = undefined;
        }
        try {
          return await work();
        } finally {
          waiting -= 1;
          if (waiting === 0) {
            open = undefined;
            reopen();
          }
        }
      });
      turn = mine.catch(() => {});
      return mine;
    },
  };
}
