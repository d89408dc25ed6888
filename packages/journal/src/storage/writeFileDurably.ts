import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { toDiskError } from './diskErrors.ts';

export interface WriteFileDurablyOptions {
  /** File mode, `0o600` for secrets; `0o644` when absent. */
  readonly mode?: number;
}

/** Makes a rename or a new file in `folder` survive a power cut. */
export function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Replaces a whole file so that a reader, even after a power cut, sees the old content or the new one, never a mixture:
 * written beside it, fsynced, renamed over it, folder fsynced.
 *
 * @throws LichenError `disk-full` when there is no room; the old content is then untouched.
 */
export function writeFileDurably(
  path: string,
  data: string | Uint8Array,
  options: WriteFileDurablyOptions = {},
): void {
  const beside = `${path}.${process.pid}.tmp`;
  try {
    const descriptor = openSync(beside, 'w', options.mode ?? 0o644);
    try {
      const bytes = typeof data === 'string' ? Buffer.from(data) : data;
      let written = 0;
      while (written < bytes.length) written += writeSync(descriptor, bytes, written);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(beside, path);
    syncFolder(dirname(path));
  } catch (error) {
    rmSync(beside, { force: true });
    throw toDiskError(path, error);
  }
}
