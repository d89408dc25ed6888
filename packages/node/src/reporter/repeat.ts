import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Repeats a step until the signal, one at a time; a step that fails is told of and repeated like any other. Resolves
 * when the last step has ended.
 */
export async function repeat(
  signal: AbortSignal,
  pauseMs: () => number,
  step: () => Promise<void>,
  onError: (error: unknown) => void,
): Promise<void> {
  while (!signal.aborted) {
    await sleep(pauseMs(), undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    await step().catch(onError);
  }
}

/** Logs errors, but the same one only once in a row: a chain that is away for minutes is no news each second. */
export function createComplaints(log: (line: string) => void): (what: string) => (error: unknown) => void {
  let last = '';
  return (what) => (error) => {
    const text = error instanceof Error ? error.message.split('\n').slice(0, 2).join(' ') : String(error);
    const line = `${what}: ${text}`;
    if (line !== last) log(line);
    last = line;
  };
}
