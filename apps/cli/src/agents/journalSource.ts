import { existsSync, readFileSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readJournalFolder } from '@lichen/journal';
import { LichenError, parseInclusionProof, parseNote } from '@lichen/protocol';
import { findJournal, type JournalReader, journalReaderOf, type LichenClient } from '@lichen/sdk';

/** A journal to replay from. */
export interface JournalSource {
  readonly name: string;
  readonly vkey: string;
  readonly read: JournalReader;
}

/** One decision with the receipt that carries it. */
export interface ReceiptSource {
  readonly entry: Uint8Array;
  /** Origin of the journal that it is of. */
  readonly origin: string;
  readonly index: number;
}

const longestReceipt = 1_000_000;

function refuse(summary: string, got: string, next: string): LichenError {
  return new LichenError('bad-input', summary, { got, next, retry: 'after-fix' });
}

/** Bytes that lie in a folder by their hash: beside a journal (`aa/aabb…`), or simply so. */
export function blobsInFolder(folder: string): (sha256: string) => Promise<Uint8Array | undefined> {
  if (!existsSync(folder)) {
    throw new LichenError('not-found', 'There is no folder of blobs at that path.', {
      got: folder,
      next: 'Check --blobs.',
      retry: 'after-fix',
    });
  }
  return async (sha256) => {
    for (const path of [join(folder, sha256.slice(0, 2), sha256), join(folder, sha256)]) {
      try {
        return await readFile(path);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      }
    }
    return undefined;
  };
}

/** The folder of the journal that a target on the command line means: the journal itself, or a run with it inside. */
export function journalFolderOf(target: string): string | undefined {
  const folders = [target, join(target, 'journal')];
  return folders.find((folder) => existsSync(join(folder, 'log', 'checkpoint')));
}

/** Whether it is a file. */
export function isFile(target: string): boolean {
  return existsSync(target) && statSync(target).isFile();
}

/** The key that a run wrote beside its own journal; it says who claims the run, nothing more. */
function keyBeside(folder: string): string | undefined {
  const file = ['.', '..'].map((at) => join(folder, at, 'metrics.json')).find((path) => existsSync(path));
  if (file === undefined) return undefined;
  try {
    const { journal } = JSON.parse(readFileSync(file, 'utf8')) as { journal?: { vkey?: unknown } };
    return typeof journal?.vkey === 'string' ? journal.vkey : undefined;
  } catch {
    return undefined;
  }
}

/**
 * A journal in a folder.
 * @throws LichenError `bad-input` when nobody says with which key its head is signed
 */
export function openFolder(folder: string, vkey: string | undefined): JournalSource {
  const key = vkey ?? keyBeside(folder);
  if (key === undefined) {
    throw refuse(
      'The key of that journal is not known.',
      folder,
      'Name it with --vkey, from somebody you trust.',
    );
  }
  const [read, blob] = [readJournalFolder(folder), blobsInFolder(join(folder, 'blobs'))];
  return {
    name: folder,
    vkey: key,
    read: async (path) => {
      const sha256 = /^blob\/([0-9a-f]{64})$/.exec(path)?.[1];
      return sha256 === undefined ? read(path) : blob(sha256);
    },
  };
}

/**
 * A journal of a running network, by its number, writer or origin, or by the name of the agent whose it is.
 * @throws LichenError `not-found`
 */
export function openNetworkJournal(client: LichenClient, name: string): JournalSource {
  const journal = findJournal(client, name);
  return { name: journal.origin, vkey: journal.vkey, read: journalReaderOf(client, journal) };
}

/** The decision in a receipt. @throws LichenError `bad-input` */
export function openReceipt(path: string): ReceiptSource {
  const bytes = readFileSync(path);
  if (bytes.length > longestReceipt) {
    throw refuse('That file is too large for a receipt.', `${bytes.length} bytes`, 'Name a receipt.');
  }
  const { extra, index, checkpoint } = parseInclusionProof(bytes.toString());
  if (extra === undefined) {
    throw refuse(
      'That receipt does not carry its decision.',
      path,
      'Get one that does: lichen journal receipt.',
    );
  }
  return { entry: extra, index, origin: parseNote(checkpoint).text.split('\n')[0] ?? '' };
}
