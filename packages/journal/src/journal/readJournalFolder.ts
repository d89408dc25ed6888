import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { publicFolder } from './journalFolder.ts';

/**
 * Reads the files of a journal in a folder – `checkpoint`, `tile/…`, `blob/<sha256>` – or undefined where there is none. The
 * folder is the one that its writer writes, or a copy of what a web server hands out. Nothing is verified here.
 */
export function readJournalFolder(folder: string): (path: string) => Promise<Uint8Array | undefined> {
  const log = existsSync(join(folder, publicFolder)) ? join(folder, publicFolder) : folder;
  return async (path) => {
    const sha256 = /^blob\/([0-9a-f]{64})$/.exec(path)?.[1];
    const files =
      sha256 === undefined
        ? [join(log, path)]
        : [join(folder, 'blobs', sha256.slice(0, 2), sha256), join(folder, 'blob', sha256)];
    for (const file of files) {
      try {
        return await readFile(file);
      } catch (error) {
        if (!['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
      }
    }
    return undefined;
  };
}
