import { isLichenError, LichenError } from '@lichen/protocol';

/** A command's result for programs and for people, and the code that its process ends with. */
export interface CommandResult {
  readonly json: unknown;
  readonly text: string;
  readonly exitCode: number;
}

export interface CommandOutput {
  /** Where it is: for people only, over the line before; where there is no terminal, now and then. */
  progress(line: string): void;
  /** A line that stays: for people only. */
  note(line: string): void;
  result(result: CommandResult): void;
}

/** Milliseconds between two lines of progress in a log. */
const pauseMs = 5_000;

/** Writes to this process's output, as text or as one line of JSON. */
export function createOutput(asJson: boolean): CommandOutput {
  let isProgressing = false;
  let toldAt = Number.NEGATIVE_INFINITY;
  const endProgress = () => {
    if (isProgressing) process.stderr.write('\n');
    isProgressing = false;
  };
  return {
    progress: (line) => {
      if (asJson) return;
      if (process.stderr.isTTY === true) {
        process.stderr.write(`\r\u001b[K${line}`);
        isProgressing = true;
      } else if (performance.now() - toldAt >= pauseMs) {
        process.stderr.write(`${line}\n`);
        toldAt = performance.now();
      }
    },
    note: (line) => {
      endProgress();
      if (!asJson) process.stderr.write(`${line}\n`);
    },
    result: ({ json, text, exitCode }) => {
      endProgress();
      process.stdout.write(asJson ? `${JSON.stringify(json)}\n` : `${text}\n`);
      process.exitCode = exitCode;
    },
  };
}

/** Writes an error to standard error, as the command line does. */
export function printError(asJson: boolean, error: unknown): void {
  const known = isLichenError(error)
    ? error
    : new LichenError('internal', error instanceof Error ? error.message : String(error), {
        next: 'This is a fault of ours: report it with the command that you gave.',
      });
  process.stderr.write(asJson ? `${JSON.stringify(known.toJSON())}\n` : `${known.message}\n`);
  process.exitCode = 1;
}
