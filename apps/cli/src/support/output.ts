import { isLichenError, LichenError } from '@lichen/protocol';

/** Writes a result: `text` for people, `json` in one line for programs. */
export function printResult(
  asJson: boolean,
  result: { readonly json: unknown; readonly text: string },
): void {
  const replacer = (_key: string, value: unknown) => (typeof value === 'bigint' ? value.toString() : value);
  process.stdout.write(asJson ? `${JSON.stringify(result.json, replacer)}\n` : `${result.text}\n`);
}

/** Writes an error to standard error, as text or as one line of JSON, and returns the exit code. */
export function printError(asJson: boolean, error: unknown): number {
  const known = isLichenError(error)
    ? error
    : new LichenError('internal', error instanceof Error ? error.message : String(error), {
        next: 'This is a fault of ours: report it with the command that you gave.',
      });
  process.stderr.write(asJson ? `${JSON.stringify(known.toJSON())}\n` : `${known.message}\n`);
  return 1;
}
