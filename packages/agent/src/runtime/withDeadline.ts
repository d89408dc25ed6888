import { LichenError } from '@lichen/protocol';

/** Thrown where the agent was told to stop before a wait was over. It is no failure and is not recorded as one. */
export class Interrupted extends Error {
  constructor() {
    super('The agent was told to stop.');
    this.name = 'Interrupted';
  }
}

/**
 * What `work` resolves to, within `deadlineMs`. Its signal aborts when the time is up or `parent` aborts; work that does
 * not listen goes on unheard.
 * @throws LichenError `timeout`; Interrupted when `parent` aborts; what `work` throws
 */
export async function withDeadline<T>(
  what: string,
  deadlineMs: number,
  work: (signal: AbortSignal) => Promise<T>,
  parent?: AbortSignal,
): Promise<T> {
  if (parent?.aborted) throw new Interrupted();
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let onAbort: (() => void) | undefined;
  const ended = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(
        new LichenError('timeout', `${what} took too long.`, {
          got: `no end after ${deadlineMs} ms`,
          next: 'Look at what it waits for; the agent goes on with its default.',
          retry: 'later',
        }),
      );
    }, deadlineMs);
    onAbort = () => reject(new Interrupted());
    parent?.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([work(controller.signal), ended]);
  } finally {
    clearTimeout(timer);
    if (onAbort !== undefined) parent?.removeEventListener('abort', onAbort);
    controller.abort();
  }
}
