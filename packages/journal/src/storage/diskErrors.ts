import { LichenError } from '@lichen/protocol';

/**
 * Turns an error of the file system into a LichenError that names the file and the next step.
 *
 * `ENOSPC` and `EDQUOT` become `disk-full`; everything else (a failing disk, a missing right) becomes `internal`
 * with the system's own words.
 */
export function toDiskError(path: string, error: unknown): LichenError {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new LichenError('disk-full', `No room left to write ${path}.`, {
      got: code,
      expected: 'free space on that disk',
      next: 'Free some space there and start again: everything acknowledged so far is kept.',
      retry: 'after-fix',
      cause: error,
    });
  }
  return new LichenError('internal', `Could not write ${path}.`, {
    got: error instanceof Error ? error.message : String(error),
    next: 'Check the disk and the rights on that folder, then start again.',
    retry: 'after-fix',
    cause: error,
  });
}
