import { isLichenError } from '@lichen/protocol';
import type { JournalConfig } from '../client/config.ts';
import type { LichenClient } from '../client/createLichenClient.ts';
import { fetchJournalFile } from './fetchJournalFile.ts';

/** Bytes of a file of a journal – `checkpoint`, `tile/…`, `blob/<sha256>` – or undefined where there is none. */
export type JournalReader = (path: string) => Promise<Uint8Array | undefined>;

/**
 * Reads a journal of a running network as everything that checks a journal wants it: no such file is an answer, and whatever
 * else goes wrong is thrown as by `fetchJournalFile`. Nothing is verified here.
 */
export function journalReaderOf(client: LichenClient, journal: JournalConfig): JournalReader {
  return async (path) => {
    try {
      return await fetchJournalFile(client, journal, path);
    } catch (error) {
      if (isLichenError(error) && error.code === 'not-found') return undefined;
      throw error;
    }
  };
}
