import {
  formatInclusionProof,
  isLichenError,
  openCheckpoint,
  parseInclusionProof,
  parseVkey,
  proveConsistency,
} from '@lichen/protocol';
import type { JournalConfig } from '../client/config.ts';
import type { LichenClient } from '../client/createLichenClient.ts';
import { fetchJournalFile } from './fetchJournalFile.ts';
import { findJournal } from './findJournal.ts';
import { journalReaderOf } from './journalReaderOf.ts';
import { listAnchors } from './listJournals.ts';

/**
 * Receipt of a decision (`tlog-proof@v1`), with the decision in it and proofs to heads that its writer anchored: the first
 * one behind the decision, and the last. `verifyReceipt` checks it offline. While the chain does not answer, it comes
 * without those.
 * @throws LichenError `not-found`, `source-unavailable`, `not-running`, `timeout`
 */
export async function getReceipt(
  client: LichenClient,
  parameters: { readonly journal: string; readonly index: number },
): Promise<string> {
  const journal = findJournal(client, parameters.journal);
  const bytes = await fetchJournalFile(client, journal, `receipt/${parameters.index}`);
  const receipt = new TextDecoder().decode(bytes);
  const sizes = await anchoredSizes(client, journal, parameters.index);
  return sizes.length === 0 ? receipt : withConsistency(client, journal, receipt, sizes);
}

async function anchoredSizes(client: LichenClient, journal: JournalConfig, index: number): Promise<number[]> {
  const anchors = await listAnchors(client, journal.writer).catch(() => []);
  const behind = anchors.map(({ size }) => size).filter((size) => size > index);
  return [...new Set([behind[0], behind.at(-1)])].filter((size) => size !== undefined);
}

/**
 * The receipt with proofs to heads of other sizes, out of the journal's tiles. Where they cannot be made, because the journal
 * has no such head (any more), the receipt comes without: whoever has the anchors sees that the proof is missing.
 */
async function withConsistency(
  client: LichenClient,
  journal: JournalConfig,
  receipt: string,
  sizes: readonly number[],
): Promise<string> {
  try {
    const file = parseInclusionProof(receipt);
    const key = parseVkey(journal.vkey);
    const own = openCheckpoint(file.checkpoint, key).size;
    const others = sizes.filter((size) => size !== own);
    if (others.length === 0) return receipt;
    const head = await fetchJournalFile(client, journal, 'checkpoint');
    const { size } = openCheckpoint(new TextDecoder().decode(head), key);
    const read = journalReaderOf(client, journal);
    const consistency = await Promise.all(
      others
        .filter((other) => other <= size)
        .map(async (other) => ({
          size: other,
          hashes: await proveConsistency({
            read,
            size,
            from: Math.min(own, other),
            to: Math.max(own, other),
          }),
        })),
    );
    return formatInclusionProof({ ...file, consistency });
  } catch (error) {
    if (isLichenError(error)) return receipt;
    throw error;
  }
}
