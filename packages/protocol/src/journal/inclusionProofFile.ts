import { LichenError } from '../errors.ts';
import { fromBase64, toBase64 } from './signedNote.ts';

/** A receipt: one text file that proves, offline, that an entry is in a journal. https://c2sp.org/tlog-proof */
export interface InclusionProofFile {
  readonly index: number;
  /** Siblings from the leaf up, 32 bytes each. */
  readonly hashes: readonly Uint8Array[];
  /** The signed checkpoint, verbatim. */
  readonly checkpoint: string;
  /** The entry itself, where the file carries it. Nobody vouches for it but the proof. */
  readonly extra?: Uint8Array;
  /** Proofs that lead from the checkpoint to other heads of the journal, such as anchored ones. */
  readonly consistency?: readonly ConsistencyToHead[];
}

/** Proof that the tree of the checkpoint and that of another size are one journal, the smaller a prefix of the larger. */
export interface ConsistencyToHead {
  /** Entries of the other head. */
  readonly size: number;
  /** RFC 9162, section 2.1.4; 32 bytes each. */
  readonly hashes: readonly Uint8Array[];
}

const header = 'c2sp.org/tlog-proof@v1';
/** Levels of the largest tree that the format knows. */
const mostHashes = 63;
/**
 * The format has one line for what an application adds. Ours holds the entry's bytes; where there is more to say, it begins
 * with this line, then come lines of text, an empty line, and the entry.
 */
const extraHeader = 'lichen.receipt/v1';
const mostConsistency = 16;
const utf8 = new TextEncoder();
const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function startsWith(bytes: Uint8Array, words: string): boolean {
  return utf8.encode(words).every((byte, at) => byte === bytes[at]);
}

function formatExtra({ extra, consistency = [] }: InclusionProofFile): Uint8Array | undefined {
  if (consistency.length === 0 && (extra === undefined || !startsWith(extra, `${extraHeader}\n`)))
    return extra;
  const lines = [
    extraHeader,
    ...(extra === undefined ? [] : [`entry ${extra.length}`]),
    ...consistency.map(({ size, hashes }) => ['consistency', size, ...hashes.map(toBase64)].join(' ')),
  ];
  const head = utf8.encode(`${lines.join('\n')}\n\n`);
  const bytes = new Uint8Array(head.length + (extra?.length ?? 0));
  bytes.set(head);
  if (extra !== undefined) bytes.set(extra, head.length);
  return bytes;
}

function parseExtra(bytes: Uint8Array): Pick<InclusionProofFile, 'extra' | 'consistency'> {
  if (!startsWith(bytes, `${extraHeader}\n`)) return { extra: bytes };
  const refuse = (what: string): never => {
    throw new LichenError('bad-input', 'What a receipt carries besides the proof cannot be read.', {
      got: what,
      expected: `${extraHeader}, entry and consistency lines, an empty line, the entry`,
      retry: 'never',
    });
  };
  const end = bytes.findIndex((byte, at) => byte === 10 && bytes[at + 1] === 10);
  if (end < 0) refuse('no empty line');
  let lines: string[] = [];
  try {
    lines = text.decode(bytes.subarray(0, end)).split('\n').slice(1);
  } catch {
    refuse('text that is no UTF-8');
  }
  const rest = bytes.subarray(end + 2);
  const entry = lines[0]?.startsWith('entry ') ? lines.shift()! : undefined;
  if (entry === undefined ? rest.length > 0 : entry !== `entry ${rest.length}`) {
    refuse(`${entry?.slice(0, 40) ?? 'no entry'} and ${rest.length} bytes`);
  }
  if (lines.length > mostConsistency) refuse(`${lines.length} proofs`);
  const consistency = lines.map((line): ConsistencyToHead => {
    const [word, size = '', ...hashes] = line.split(' ');
    const isSize = /^(0|[1-9]\d{0,15})$/.test(size) && Number.isSafeInteger(Number(size));
    if (word !== 'consistency' || !isSize || hashes.length > mostHashes + 1) refuse(line.slice(0, 80));
    const nodes = hashes.map(fromBase64);
    if (nodes.some(({ length }) => length !== 32)) refuse('a hash of the wrong length');
    return { size: Number(size), hashes: nodes };
  });
  return {
    ...(entry === undefined ? {} : { extra: rest }),
    ...(consistency.length === 0 ? {} : { consistency }),
  };
}

export function formatInclusionProof(file: InclusionProofFile): string {
  const { index, hashes, checkpoint } = file;
  const extra = formatExtra(file);
  const lines = [
    header,
    ...(extra === undefined ? [] : [`extra ${toBase64(extra)}`]),
    `index ${index}`,
    ...hashes.map(toBase64),
  ];
  return `${lines.join('\n')}\n\n${checkpoint}`;
}

/** Reads a receipt; nothing is verified. @throws LichenError `bad-input` */
export function parseInclusionProof(receipt: string): InclusionProofFile {
  const refuse = (what: string, got: string): never => {
    throw new LichenError('bad-input', what, {
      got: got.slice(0, 120),
      expected: `a file that starts with ${header}`,
      retry: 'never',
    });
  };
  const end = receipt.indexOf('\n\n');
  if (end < 0) refuse('That is no receipt of a journal.', receipt);
  const lines = receipt.slice(0, end).split('\n');
  if (lines.shift() !== header) refuse('That is no receipt of a journal.', receipt);
  const extra = lines[0]?.startsWith('extra ') ? parseExtra(fromBase64(lines.shift()!.slice(6))) : {};
  const indexLine = lines.shift() ?? '';
  if (!/^index (0|[1-9]\d{0,15})$/.test(indexLine))
    refuse('A receipt lacks the index of its entry.', indexLine);
  if (lines.length > mostHashes) refuse('A receipt has too many hashes.', String(lines.length));
  const hashes = lines.map(fromBase64);
  if (hashes.some(({ length }) => length !== 32))
    refuse('A hash of a receipt has the wrong length.', receipt);
  const index = Number(indexLine.slice(6));
  if (!Number.isSafeInteger(index)) refuse('The index of a receipt is too large.', indexLine);
  return { index, hashes, checkpoint: receipt.slice(end + 2), ...extra };
}
