import type { LichenClient } from '../client/createLichenClient.ts';
import { fetchJournalFile } from './fetchJournalFile.ts';
import { findJournal } from './findJournal.ts';

/**
 * Receipt of a decision (`tlog-proof@v1`), with the decision in it: `verifyReceipt` checks it offline.
 * @throws LichenError `not-found`, `source-unavailable`, `not-running`, `timeout`
 */
export async function getReceipt(
  client: LichenClient,
  parameters: { readonly journal: string; readonly index: number },
): Promise<string> {
  const journal = findJournal(client, parameters.journal);
  const bytes = await fetchJournalFile(client, journal, `receipt/${parameters.index}`);
  return new TextDecoder().decode(bytes);
}
