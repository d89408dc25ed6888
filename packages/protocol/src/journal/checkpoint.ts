import { ed25519 } from '@noble/curves/ed25519.js';
import { LichenError } from '../errors.ts';
import {
  formatNote,
  fromBase64,
  parseNote,
  type SignedNote,
  signatureTypes,
  toBase64,
  type VerifierKey,
  verifierKeyOf,
  verifyBytes,
} from './signedNote.ts';

/** Head of a journal. https://c2sp.org/tlog-checkpoint */
export interface Checkpoint {
  /** Name of the journal: the schema-less address of its files. */
  readonly origin: string;
  /** Entries in it. */
  readonly size: number;
  /** 32 bytes. */
  readonly root: Uint8Array;
}

const utf8 = new TextEncoder();

/** The three lines that are signed. */
export function checkpointTextOf({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${toBase64(root)}\n`;
}

/** Reads the text of a checkpoint; extension lines are passed over. @throws LichenError `bad-input` */
export function parseCheckpointText(text: string): Checkpoint {
  const [origin, size, root, ...rest] = text.split('\n');
  const isSize = size !== undefined && /^(0|[1-9]\d{0,15})$/.test(size) && Number.isSafeInteger(Number(size));
  const hasEnd = rest.at(-1) === '' && rest.slice(0, -1).every((line) => line !== '');
  if (!origin || !isSize || !root || !hasEnd) {
    throw new LichenError('bad-input', 'That is no checkpoint of a journal.', {
      got: JSON.stringify(text.slice(0, 120)),
      expected: 'origin, size and root, each on its line',
      retry: 'never',
    });
  }
  const bytes = fromBase64(root);
  if (bytes.length !== 32) {
    throw new LichenError('bad-input', 'The root of a checkpoint has the wrong length.', {
      got: `${bytes.length} bytes`,
      expected: '32 bytes',
      retry: 'never',
    });
  }
  return { origin, size: Number(size), root: bytes };
}

/** Key that a journal signs its checkpoints with: its name is the origin. */
export function journalKeyOf(origin: string, secretKey: Uint8Array): VerifierKey {
  return verifierKeyOf(origin, signatureTypes.ed25519, ed25519.getPublicKey(secretKey));
}

/** A checkpoint signed with the journal's Ed25519 key (32 bytes). */
export function signCheckpoint(checkpoint: Checkpoint, secretKey: Uint8Array): string {
  const { name, id } = journalKeyOf(checkpoint.origin, secretKey);
  const text = checkpointTextOf(checkpoint);
  const signature = ed25519.sign(utf8.encode(text), secretKey);
  return formatNote({ text, signatures: [{ name, id, signature }] });
}

/**
 * Reads a checkpoint and checks that the journal's key signed it. Signatures of others are left for `verifyCosignatures`.
 * @throws LichenError `bad-input` for another origin, no signature by the key, or one that does not verify
 */
export function openCheckpoint(note: string, key: VerifierKey): Checkpoint & { readonly note: SignedNote } {
  const parsed = parseNote(note);
  const checkpoint = parseCheckpointText(parsed.text);
  if (checkpoint.origin !== key.name) {
    throw new LichenError('bad-input', 'That checkpoint is of another journal.', {
      got: checkpoint.origin,
      expected: key.name,
      retry: 'never',
    });
  }
  const own = parsed.signatures.filter(({ name, id }) => name === key.name && id === key.id);
  const message = utf8.encode(parsed.text);
  if (own.length === 0 || own.some(({ signature }) => !verifyBytes(key, signature, message))) {
    throw new LichenError('bad-input', 'That checkpoint is not signed by its journal.', {
      got: own.length === 0 ? 'no signature of the key' : 'a signature that does not verify',
      expected: `a signature by ${key.name}+${key.id}`,
      retry: 'never',
    });
  }
  return { ...checkpoint, note: parsed };
}
