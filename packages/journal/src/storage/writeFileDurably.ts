import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
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

/** Resolves when a file's bytes are on the disk. @throws LichenError `disk-full` */
export async function syncFileLater(path: string): Promise<void> {
  try {
    const handle = await open(path, 'r+');
    await handle.sync().finally(() => handle.close());
  } catch (error) {
    throw toDiskError(path, error);
  }
}

/** `syncFolder`, while the program goes on. @throws LichenError `disk-full` */
export async function syncFolderLater(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    await handle.sync().finally(() => handle.close());
  } catch (error) {
    throw toDiskError(folder, error);
  }
}

export interface WriteFileLaterOptions {
  /** Asked right before the new file takes the old one's place; what it throws leaves the old content as it is. */
  readonly mayReplace?: () => void;
  /** Told right after. Nothing runs between the three. */
  readonly onReplaced?: () => void;
}

/**
 * `writeFileDurably`, while the program goes on.
 *
 * @throws LichenError `disk-full` when there is no room; the old content is then untouched.
 */
export async function writeFileLater(
  path: string,
  data: string | Uint8Array,
  options: WriteFileLaterOptions = {},
): Promise<void> {
  const beside = `${path}.${process.pid}.later.tmp`;
  try {
    const handle = await open(beside, 'w', 0o644);
    try {
      await handle.writeFile(data);
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    await rm(beside, { force: true });
    throw toDiskError(path, error);
  }
  try {
    options.mayReplace?.();
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
  try {
    renameSync(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw toDiskError(path, error);
  }
  options.onReplaced?.();
  await syncFolderLater(dirname(path));
}
