import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LichenError } from '@lichen/protocol';
import { writeFileDurably } from '../storage/writeFileDurably.ts';

/** Bytes beside a journal, by their SHA-256 (64 hex digits). */
export interface BlobStore {
  /** Keeps bytes and returns their hash once they are on the disk. @throws LichenError `disk-full` */
  put(bytes: Uint8Array): string;
  /** The bytes, or undefined when they were never kept or were deleted. @throws LichenError `state-damaged` */
  get(sha256: string): Uint8Array | undefined;
}

export function openBlobStore(folder: string): BlobStore {
  const pathOf = (sha256: string) => join(folder, sha256.slice(0, 2), sha256);
  const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
  return {
    put: (bytes) => {
      const sha256 = hashOf(bytes);
      const path = pathOf(sha256);
      if (existsSync(path)) return sha256;
      mkdirSync(join(folder, sha256.slice(0, 2)), { recursive: true });
      writeFileDurably(path, bytes);
      return sha256;
    },
    get: (sha256) => {
      if (!/^[0-9a-f]{64}$/.test(sha256) || !existsSync(pathOf(sha256))) return undefined;
      const bytes = readFileSync(pathOf(sha256));
      if (hashOf(bytes) === sha256) return bytes;
      throw new LichenError('state-damaged', 'A blob of the journal is not what its name says.', {
        got: `other bytes at ${pathOf(sha256)}`,
        expected: sha256,
        next: 'Restore it from a copy, or delete it: the journal stays whole without it.',
        retry: 'after-fix',
      });
    },
  };
}
