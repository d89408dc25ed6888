import { isLichenError, LichenError } from '@lichen/protocol';

/** What a worker answers: how far it is, at last its result, or why there is none. Errors lose their class on the way. */
export type WorkerAnswer<Result, Progress = never> =
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'done'; readonly result: Result }
  | {
      readonly kind: 'failed';
      readonly code: LichenError['code'];
      readonly message: string;
      readonly next?: string;
    };

/** An error as it can be sent to a page. */
export function failureOf(error: unknown): WorkerAnswer<never> {
  if (!isLichenError(error)) {
    const message = error instanceof Error ? error.message : String(error);
    return { kind: 'failed', code: 'internal', message: `It ended early: ${message}` };
  }
  const { code, message, next } = error;
  return {
    kind: 'failed',
    code,
    message: message.split('\n')[0] ?? message,
    ...(next === undefined ? {} : { next }),
  };
}

/** The error that a worker met, as one of this page. */
export function errorOfFailure(failure: WorkerAnswer<unknown> & { kind: 'failed' }): LichenError {
  return new LichenError(
    failure.code,
    failure.message,
    failure.next === undefined ? {} : { next: failure.next },
  );
}

/** Serves the one request that a worker gets. To be called by the worker. */
export function answerWith<Request, Result, Progress>(
  work: (request: Request, tell: (progress: Progress) => void) => Promise<Result>,
): void {
  const answer = (message: WorkerAnswer<Result, Progress>) => self.postMessage(message);
  self.addEventListener('message', (event: MessageEvent<Request>) => {
    work(event.data, (progress) => answer({ kind: 'progress', progress })).then(
      (result) => answer({ kind: 'done', result }),
      (error: unknown) => answer(failureOf(error)),
    );
  });
}

/**
 * Asks a worker one thing and ends it. What runs there is in part a stranger's – rules from a journal, a journal as large as
 * its writer likes – and whatever it does, the page stays as it is.
 * @throws LichenError `timeout`, `internal`, or what the worker met
 */
export async function askWorker<Request, Result, Progress = never>(
  worker: Worker,
  request: Request,
  options: { readonly patienceMs: number; readonly onProgress?: (progress: Progress) => void },
): Promise<Result> {
  const { promise, resolve, reject } = Promise.withResolvers<Result>();
  const timer = setTimeout(
    () =>
      reject(
        new LichenError('timeout', 'It did not end and was stopped.', {
          got: `no result within ${options.patienceMs / 1_000} s`,
          next: 'Try it with `lichen` on the command line, which has no limit of time.',
        }),
      ),
    options.patienceMs,
  );
  worker.addEventListener('message', ({ data }: MessageEvent<WorkerAnswer<Result, Progress>>) => {
    if (data.kind === 'progress') options.onProgress?.(data.progress);
    else if (data.kind === 'done') resolve(data.result);
    else reject(errorOfFailure(data));
  });
  worker.addEventListener('error', (event) => {
    event.preventDefault();
    reject(
      new LichenError('internal', 'It could not be started in this browser.', {
        got: event.message || 'its worker did not load',
        next: 'Reload the page; a newer version of the console may be here.',
      }),
    );
  });
  worker.postMessage(request);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    worker.terminate();
  }
}
