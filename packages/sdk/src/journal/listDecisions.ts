import {
  bundleOf,
  type Decision,
  decodeBundle,
  decodeDecision,
  entryHashOf,
  LichenError,
  openCheckpoint,
  parseVkey,
  readSubtrees,
  sameHash,
  tileOf,
  tilePathOf,
  tileWidth,
  treeRootOf,
} from '@lichen/protocol';
import type { LichenClient } from '../client/createLichenClient.ts';
import { fetchJournalFile } from './fetchJournalFile.ts';
import { findJournal } from './findJournal.ts';

/** A decision read from a journal and found under its signed head. */
export interface ListedDecision {
  readonly decision: Decision;
  readonly index: number;
  /** Leaf hash, 64 hex digits: its name. */
  readonly leafHash: string;
}

export interface ListDecisionsParameters {
  /** Origin, writer or number of the journal. */
  readonly journal: string;
  /** The newest so many; 20 when absent, 256 at most. */
  readonly limit?: number;
}

const hexOf = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

function contradiction(what: string): LichenError {
  return new LichenError('internal', 'The journal contradicts its own signed head.', {
    got: what,
    next: 'Keep this head: together with another it proves that the writer rewrote its journal.',
  });
}

/**
 * The newest decisions of a journal, newest first. Entries, tiles and head are compared: what is listed is what was signed.
 * @throws LichenError `internal` where they differ, `not-found`, `source-unavailable`, `bad-input` for an entry that is no
 * decision
 */
export async function listDecisions(
  client: LichenClient,
  parameters: ListDecisionsParameters,
): Promise<readonly ListedDecision[]> {
  const journal = findJournal(client, parameters.journal);
  const limit = Math.min(parameters.limit ?? 20, tileWidth);
  const get = (path: string) => fetchJournalFile(client, journal, path);
  const text = new TextDecoder().decode(await get('checkpoint'));
  const { size, root } = openCheckpoint(text, parseVkey(journal.vkey));
  if (size === 0) return [];

  const first = Math.max(0, size - limit);
  const bundles = [...new Set([Math.floor(first / tileWidth), Math.floor((size - 1) / tileWidth)])];
  const found: ListedDecision[] = [];
  const tiles = new Map<string, Uint8Array>();
  for (const bundle of bundles) {
    const at = bundle * tileWidth;
    const [entries, hashes] = await Promise.all([
      get(tilePathOf(bundleOf(at, size))).then(decodeBundle),
      get(tilePathOf(tileOf(0, at, size))),
    ]);
    tiles.set(tilePathOf(tileOf(0, at, size)), hashes);
    for (const [step, entry] of entries.entries()) {
      const leaf = entryHashOf(entry);
      if (!sameHash(leaf, hashes.subarray(step * 32, step * 32 + 32))) {
        throw contradiction(`entry ${at + step} is not the one that was hashed`);
      }
      if (at + step < first) continue;
      found.push({ decision: decodeDecision(entry), index: at + step, leafHash: hexOf(leaf) });
    }
  }
  // The right edge of every level is what the root of the whole tree needs.
  for (let level = 0; tileWidth ** level <= size; level += 1) {
    const nodes = Math.floor(size / tileWidth ** level);
    const id = tileOf(level, nodes - 1, size);
    if (!tiles.has(tilePathOf(id))) tiles.set(tilePathOf(id), await get(tilePathOf(id)));
  }
  const read = readSubtrees((id) => {
    const bytes = tiles.get(tilePathOf(id));
    if (bytes === undefined) throw contradiction(`${tilePathOf(id)} is needed and was not read`);
    return bytes;
  }, size);
  if (!sameHash(treeRootOf(read, size), root)) throw contradiction(`another root over ${size} entries`);
  return found.reverse();
}
