import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { LichenError, type LichenErrorCode } from '@lichen/protocol';

/** A program to keep running. */
export interface ChildSpec {
  /** Unique; also the name of its log file. */
  readonly name: string;
  /** Program and arguments. */
  readonly argv: readonly [string, ...string[]];
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Sent once over the child's IPC channel: keys do not belong into arguments, which everybody on the machine can read. */
  readonly message?: unknown;
  /** How long it may take until it is ready; 60 s when absent. */
  readonly readyTimeoutMs?: number;
}

/** The line by which a child says that it works: `{"ready":true,…}`. */
export interface ReadyLine {
  readonly ready: true;
  readonly url?: string;
  readonly [fact: string]: unknown;
}

export interface RunningChild {
  readonly process: ChildProcess;
  /** Resolves with the ready line. @throws LichenError what the child itself said, or `timeout`. */
  readonly ready: Promise<ReadyLine>;
  /** Resolves with a short phrase when it has ended. */
  readonly exited: Promise<string>;
}

interface ChildLine {
  readonly ready?: boolean;
  readonly event?: string;
  readonly fatal?: { error: string; message: string; got?: string; expected?: string; next?: string };
}

function parseLine(line: string): ChildLine | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as ChildLine;
  } catch {
    return undefined;
  }
}

function errorOf(fatal: NonNullable<ChildLine['fatal']>): LichenError {
  const { error, message, ...facts } = fatal;
  return new LichenError(error as LichenErrorCode, message, { ...facts, retry: 'after-fix' });
}

/** A log is for people: a full disk costs its lines, not the network. */
function writeLine(log: number, line: string): void {
  try {
    writeSync(log, `${line}\n`);
  } catch (error) {
    if (!['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

/**
 * Starts one child with its output in `logFile`. Lines of JSON on its standard output speak to us:
 * `{"ready":true,…}`, `{"event":"…"}` for the operator, `{"fatal":{…}}` before it gives up.
 */
export function startChild(spec: ChildSpec, logFile: string, onEvent: (text: string) => void): RunningChild {
  const log = openSync(logFile, 'a', 0o600);
  const [program, ...args] = spec.argv;
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', log, 'ipc'],
    // Ctrl-C in the terminal goes to a whole process group; children are stopped by us, in order.
    detached: true,
    env: { ...spec.env } as NodeJS.ProcessEnv,
  });
  let hasEnded = false;
  const exited = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ?? `code ${code}`));
  });
  let fatal: LichenError | undefined;
  const ready = new Promise<ReadyLine>((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(
        new LichenError('timeout', `${spec.name} did not become ready.`, {
          got: `silence for ${(spec.readyTimeoutMs ?? 60_000) / 1000} s`,
          next: `Read ${logFile} for the reason.`,
          retry: 'later',
        }),
      );
    }, spec.readyTimeoutMs ?? 60_000);
    createInterface({ input: child.stdout! }).on('line', (line) => {
      if (!hasEnded) writeLine(log, line);
      const said = parseLine(line);
      if (said?.event !== undefined) onEvent(said.event);
      if (said?.fatal !== undefined) fatal = errorOf(said.fatal);
      if (said?.ready === true) {
        clearTimeout(timer);
        resolve(said as ReadyLine);
      }
    });
    void exited.then((how) => {
      clearTimeout(timer);
      // Its last lines may still be on their way through the pipe.
      setImmediate(() => {
        reject(
          fatal ??
            new LichenError('internal', `${spec.name} ended before it was ready.`, {
              got: how,
              next: `Read ${logFile} for the reason.`,
              retry: 'later',
            }),
        );
      });
    });
  });
  ready.catch(() => {});
  child.once('close', () => {
    hasEnded = true;
    closeSync(log);
  });
  if (spec.message !== undefined) child.send(spec.message as object, () => {});
  return { process: child, ready, exited };
}
