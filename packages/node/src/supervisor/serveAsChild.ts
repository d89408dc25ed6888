import { flushCompileCache } from 'node:module';
import { isLichenError, LichenError } from '@lichen/protocol';

/** What a child process runs: started with the init that came over IPC, stopped on request. */
export interface ChildPart {
  readonly url?: string;
  stop(): Promise<void>;
}

/** Writes one line for the supervisor. */
export function tellSupervisor(line: Record<string, unknown>): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/** Says why it cannot go on, and ends this process with code 1. */
export function endAsFailed(error: unknown): void {
  const known = isLichenError(error)
    ? error
    : new LichenError('internal', error instanceof Error ? error.message : String(error), { cause: error });
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : error}\n`);
  process.stdout.write(`${JSON.stringify({ fatal: known.toJSON() })}\n`, () => process.exit(1));
}

/**
 * The child's side of the supervisor: waits for its init, starts the part, says `ready`, and ends with the parent's
 * SIGTERM or, should the parent die without a word, with the channel to it.
 */
export function serveAsChild<Init>(start: (init: Init) => Promise<ChildPart>): void {
  let part: Promise<ChildPart> | undefined;
  let isEnding = false;

  async function end(): Promise<void> {
    if (isEnding) return;
    isEnding = true;
    setTimeout(() => process.exit(1), 20_000).unref();
    try {
      await (await part)?.stop();
    } catch (error) {
      process.stderr.write(`while stopping: ${error instanceof Error ? error.message : error}\n`);
    }
    process.exit(0);
  }

  process.on('SIGTERM', () => void end());
  process.on('SIGINT', () => void end());
  process.once('disconnect', () => void end());
  // A parent that is gone closes our standard output; writing to it must not kill us before we have stopped in order.
  process.stdout.on('error', () => {});
  process.on('uncaughtException', endAsFailed);
  process.on('unhandledRejection', endAsFailed);
  process.once('message', (init) => {
    part = start(init as Init);
    part.then((started) => {
      tellSupervisor({ ready: true, pid: process.pid, url: started.url });
      // Now, not at the end: whoever starts after us reads the same modules.
      flushCompileCache();
    }, endAsFailed);
  });
}
