import { LichenError } from '../errors.ts';
import { fromBase64, toBase64 } from './signedNote.ts';

/** A receipt: one text file that proves, offline, that an entry is in a journal. https://c2sp.org/tlog-proof */
export interface InclusionProofFile {
  readonly index: number;
  /** Siblings from the leaf up, 32 bytes each. */
  readonly hashes: readonly Uint8Array[];
  /** The signed checkpoint, verbatim. */
  readonly checkpoint: string;
  /** What the application added; nobody vouches for it. */
  readonly extra?: Uint8Array;
}

const header = 'c2sp.org/tlog-proof@v1';
/** Levels of the largest tree that the format knows. */
const mostHashes = 63;

export function formatInclusionProof({ index, hashes, checkpoint, extra }: InclusionProofFile): string {
  const lines = [
    header,
    ...(extra === undefined ? [] : [`extra ${toBase64(extra)}`]),
    `index ${index}`,
    ...hashes.map(toBase64),
  ];
  return `${lines.join('\n')}\n\n${checkpoint}`;
}

/** Reads a receipt; nothing is verified. @throws LichenError `bad-input` */
export function parseInclusionProof(text: string): InclusionProofFile {
  const refuse = (what: string, got: string): never => {
    throw new LichenError('bad-input', what, {
      got: got.slice(0, 120),
      expected: `a file that starts with ${header}`,
      retry: 'never',
    });
  };
  const end = text.indexOf('\n\n');
  if (end < 0) refuse('That is no receipt of a journal.', text);
  const lines = text.slice(0, end).split('\n');
  if (lines.shift() !== header) refuse('That is no receipt of a journal.', text);
  const extra = lines[0]?.startsWith('extra ') ? fromBase64(lines.shift()!.slice(6)) : undefined;
  const indexLine = lines.shift() ?? '';
  if (!/^index (0|[1-9]\d{0,15})$/.test(indexLine))
    refuse('A receipt lacks the index of its entry.', indexLine);
  if (lines.length > mostHashes) refuse('A receipt has too many hashes.', String(lines.length));
  const hashes = lines.map(fromBase64);
  if (hashes.some(({ length }) => length !== 32)) refuse('A hash of a receipt has the wrong length.', text);
  const index = Number(indexLine.slice(6));
  if (!Number.isSafeInteger(index)) refuse('The index of a receipt is too large.', indexLine);
  return { index, hashes, checkpoint: text.slice(end + 2), ...(extra === undefined ? {} : { extra }) };
}
