import { appendFileSync, existsSync, renameSync, statSync } from 'node:fs';
import { LichenError } from '@lichen/protocol';
import type { Evidence } from '../evidence/evidenceStore.ts';

/** Bytes after which the file is set aside; one older file is kept. */
const longest = 5_000_000;

/**
 * Writes down where and when each body came from, one line of JSON each: the store holds bytes only, and a live source
 * signs nothing, so its address and time are what is left to check by. Addresses hold no credentials.
 */
export function openEvidenceNotes(path: string): (evidence: Evidence) => void {
  let size = existsSync(path) ? statSync(path).size : 0;
  return (evidence) => {
    const line = `${JSON.stringify(evidence)}\n`;
    try {
      if (size + line.length > longest) {
        renameSync(path, `${path}.1`);
        size = 0;
      }
      appendFileSync(path, line, { mode: 0o600 });
      size += line.length;
    } catch (error) {
      throw new LichenError('disk-full', 'Evidence could not be noted on disk.', {
        next: 'Free some space and start again.',
        retry: 'after-fix',
        cause: error,
      });
    }
  };
}
