import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { LichenError } from '@lichen/protocol';
import { toDiskError } from '../storage/diskErrors.ts';
import { syncFolderLater, writeFileDurably, writeFileLater } from '../storage/writeFileDurably.ts';

/** Bytes beside a journal, by their SHA-256 (64 hex digits). */
export interface BlobStore {
  /** Keeps bytes and returns their hash once they are on the disk. @throws LichenError `disk-full` */
  put(bytes: Uint8Array): string;
  /** Takes bytes and returns their hash at once; they are on the disk when the next `sync` resolves. */
  stage(bytes: Uint8Array): string;
  /**
   * Brings everything staged to the disk, all of it together.
   * @throws LichenError `disk-full`; what is not there yet stays staged
   */
  sync(): Promise<void>;
  /** The bytes, or undefined when they were never kept or were deleted. @throws LichenError `state-damaged` */
  get(sha256: string): Uint8Array | undefined;
}

/** Files that are written at the same time. The system shares one commit of its own journal among them. */
const mostAtOnce = 16;

export function openBlobStore(folder: string): BlobStore {
  const pathOf = (sha256: string) => join(folder, sha256.slice(0, 2), sha256);
  const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
  const staged = new Map<string, Uint8Array>();
  /** Folders that are on the disk with their name. */
  const madeFolders = new Set<string>();

  function damaged(sha256: string): LichenError {
    return new LichenError('state-damaged', 'A blob of the journal is not what its name says.', {
      got: `other bytes at ${pathOf(sha256)}`,
      expected: sha256,
      next: 'Restore it from a copy, or delete it: the journal stays whole without it.',
      retry: 'after-fix',
    });
  }

  async function makeFolders(names: readonly string[]): Promise<void> {
    const fresh = [...new Set(names)].filter((name) => !madeFolders.has(name));
    if (fresh.length === 0) return;
    try {
      for (const name of fresh) await mkdir(name, { recursive: true });
    } catch (error) {
      throw toDiskError(folder, error);
    }
    for (const above of [folder, dirname(folder)]) await syncFolderLater(above);
    for (const name of fresh) madeFolders.add(name);
  }

  async function writeStaged(): Promise<void> {
    const waiting = [...staged];
    await makeFolders(waiting.map(([sha256]) => dirname(pathOf(sha256))));
    for (let at = 0; at < waiting.length; at += mostAtOnce) {
      const written = await Promise.allSettled(
        waiting.slice(at, at + mostAtOnce).map(async ([sha256, bytes]) => {
          // One that is there may be of a process that ended before its name was on the disk.
          if (existsSync(pathOf(sha256))) await syncFolderLater(dirname(pathOf(sha256)));
          else await writeFileLater(pathOf(sha256), bytes);
          staged.delete(sha256);
        }),
      );
      const failed = written.find((result) => result.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
    }
  }

  let writing: Promise<void> = Promise.resolve();
  return {
    put: (bytes) => {
      const sha256 = hashOf(bytes);
      const path = pathOf(sha256);
      if (existsSync(path)) return sha256;
      mkdirSync(dirname(path), { recursive: true });
      writeFileDurably(path, bytes);
      staged.delete(sha256);
      return sha256;
    },
    stage: (bytes) => {
      const sha256 = hashOf(bytes);
      // A copy: what was hashed is what is written, whatever the caller does with its own.
      if (!staged.has(sha256)) staged.set(sha256, bytes.slice());
      return sha256;
    },
    sync: () => {
      if (staged.size === 0) return writing.catch(() => undefined);
      // One after the other: a blob that is being written for somebody else is waited for.
      writing = writing.catch(() => undefined).then(writeStaged);
      return writing;
    },
    get: (sha256) => {
      const waiting = staged.get(sha256);
      if (waiting !== undefined) return waiting;
      if (!/^[0-9a-f]{64}$/.test(sha256) || !existsSync(pathOf(sha256))) return undefined;
      const bytes = readFileSync(pathOf(sha256));
      if (hashOf(bytes) === sha256) return bytes;
      throw damaged(sha256);
    },
  };
}
