import { ed25519 } from '@noble/curves/ed25519.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { ml_dsa44 } from '@noble/post-quantum/ml-dsa.js';
import { LichenError } from '../errors.ts';
import { sha256 } from './merkleTree.ts';

/** Signature types of https://c2sp.org/signed-note that Lichen makes and reads. */
export const signatureTypes = { ed25519: 0x01, cosignatureEd25519: 0x04, cosignatureMlDsa44: 0x06 } as const;
export type SignatureType = (typeof signatureTypes)[keyof typeof signatureTypes];

/** A key that verifies notes, as its vkey text says. */
export interface VerifierKey {
  readonly name: string;
  /** Eight hex digits. */
  readonly id: string;
  readonly type: SignatureType;
  /** 32 bytes of Ed25519, 1,312 of ML-DSA-44. */
  readonly publicKey: Uint8Array;
}

export interface NoteSignature {
  readonly name: string;
  readonly id: string;
  /** Without the four bytes of the key id. */
  readonly signature: Uint8Array;
}

/** A text with signatures under it. https://c2sp.org/signed-note */
export interface SignedNote {
  /** With its final newline. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

const publicKeyLength: Readonly<Record<SignatureType, number>> = { 1: 32, 4: 32, 6: 1_312 };
/** More than the 16 that a verifier must take; bounds the work that a hostile note causes. */
const mostSignatures = 64;
const dash = '\u2014';
const utf8 = new TextEncoder();

function refuse(what: string, got: string, expected: string): never {
  throw new LichenError('bad-input', what, { got: got.slice(0, 120), expected, retry: 'never' });
}

export function toBase64(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/** Bytes of canonical base64. @throws LichenError `bad-input` */
export function fromBase64(text: string): Uint8Array {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) {
    refuse('That is not base64.', text, 'base64 with padding');
  }
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  // Stray bits after the last byte would give one signature many spellings.
  if (toBase64(bytes) !== text) refuse('That base64 is not canonical.', text, toBase64(bytes));
  return bytes;
}

/** First four bytes of SHA-256 of name, newline, type and key, as hex. */
export function noteKeyIdOf(name: string, type: SignatureType, publicKey: Uint8Array): string {
  return bytesToHex(
    sha256(Uint8Array.from([...utf8.encode(`${name}\n`), type, ...publicKey])).subarray(0, 4),
  );
}

/** A verifier key with its id. @throws LichenError `bad-input` for a name with spaces or plus, or a key of a wrong length */
export function verifierKeyOf(name: string, type: SignatureType, publicKey: Uint8Array): VerifierKey {
  if (name === '' || /[\s+]/u.test(name))
    refuse('A key name has no spaces and no plus.', name, 'for example lichen.example/agent');
  if (publicKey.length !== publicKeyLength[type]) {
    refuse(
      'A public key has the wrong length.',
      `${publicKey.length} bytes`,
      `${publicKeyLength[type]} bytes`,
    );
  }
  return { name, type, publicKey, id: noteKeyIdOf(name, type, publicKey) };
}

/** `name+id+base64(type ‖ key)`. */
export function vkeyTextOf(key: VerifierKey): string {
  return `${key.name}+${key.id}+${toBase64(Uint8Array.from([key.type, ...key.publicKey]))}`;
}

/** Reads a vkey. @throws LichenError `bad-input` also when the id is not that of the key */
export function parseVkey(text: string): VerifierKey {
  const parts = text.split('+');
  // Base64 may contain plus signs itself.
  const [name, id] = parts;
  const bytes = fromBase64(parts.slice(2).join('+'));
  const type = bytes[0] as SignatureType;
  if (name === undefined || id === undefined || publicKeyLength[type] === undefined) {
    refuse('That is no verifier key that Lichen knows.', text, 'name+id+base64 of type 1, 4 or 6');
  }
  const key = verifierKeyOf(name, type, bytes.subarray(1));
  if (key.id !== id) refuse('The id of a verifier key is not that of its key.', id, key.id);
  return key;
}

/** Text of a note with its signature lines. */
export function formatNote({ text, signatures }: SignedNote): string {
  return `${text}\n${signatures.map(signatureLineOf).join('')}`;
}

/** One signature line with its newline. */
export function signatureLineOf({ name, id, signature }: NoteSignature): string {
  const keyId = (id.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));
  return `${dash} ${name} ${toBase64(Uint8Array.from([...keyId, ...signature]))}\n`;
}

/** Reads one signature line without its newline. @throws LichenError `bad-input` */
export function parseSignatureLine(line: string): NoteSignature {
  const parts = line.split(' ');
  const [mark, name, signature] = parts;
  if (parts.length !== 3 || mark !== dash || !name || signature === undefined || name.includes('+')) {
    refuse('That is no signature line.', line, `${dash} name base64`);
  }
  const bytes = fromBase64(signature);
  if (bytes.length < 5) refuse('A signature is too short.', `${bytes.length} bytes`, 'more than 4');
  return { name, id: bytesToHex(bytes.subarray(0, 4)), signature: bytes.subarray(4) };
}

/** Reads a signed note; nothing is verified. @throws LichenError `bad-input` */
export function parseNote(note: string): SignedNote {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the format forbids exactly these.
  if (/[\u0000-\u0009\u000b-\u001f]/.test(note))
    refuse('A note has control characters.', JSON.stringify(note), 'none');
  const end = note.lastIndexOf('\n\n');
  if (end < 0 || !note.endsWith('\n'))
    refuse('That is no signed note.', note, 'text, an empty line, signatures');
  const lines = note.slice(end + 2, -1).split('\n');
  if (lines.length > mostSignatures)
    refuse('A note has too many signatures.', String(lines.length), `${mostSignatures}`);
  return { text: note.slice(0, end + 1), signatures: lines.map(parseSignatureLine) };
}

/** Whether bytes are a key's signature of a message; never throws for a malformed one. */
export function verifyBytes(key: VerifierKey, signature: Uint8Array, message: Uint8Array): boolean {
  try {
    return key.type === signatureTypes.cosignatureMlDsa44
      ? ml_dsa44.verify(signature, message, key.publicKey)
      : // RFC 8032 as it stands, cofactorless: a signature that others refuse is refused here.
        ed25519.verify(signature, message, key.publicKey, { zip215: false });
  } catch {
    return false;
  }
}
