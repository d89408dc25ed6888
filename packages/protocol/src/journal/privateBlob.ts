import { bytesToHex } from '@noble/hashes/utils.js';
import { LichenError } from '../errors.ts';
import { type Sha256, sha256 } from './merkleTree.ts';

/** Bytes of salt before a private blob. */
export const saltLength = 32;

/** Address of a blob beside the journal: SHA-256 of its bytes, 64 hex digits. */
export function blobHashOf(bytes: Uint8Array, hash: Sha256 = sha256): string {
  return bytesToHex(hash(bytes));
}

/**
 * A private blob: salt, then content. Without the salt its hash tells nothing, however few contents are likely; whoever
 * forgets the blob has deleted it, and the journal stays whole.
 * @throws LichenError `bad-input` for a salt of another length
 */
export function sealPrivate(content: Uint8Array, salt: Uint8Array): Uint8Array {
  if (salt.length !== saltLength) {
    throw new LichenError('bad-input', 'A salt has the wrong length.', {
      got: `${salt.length} bytes`,
      expected: `${saltLength} random bytes`,
      retry: 'after-fix',
    });
  }
  const bytes = new Uint8Array(salt.length + content.length);
  bytes.set(salt);
  bytes.set(content, salt.length);
  return bytes;
}

/** Content of a private blob. */
export function openPrivate(blob: Uint8Array): Uint8Array {
  return blob.subarray(saltLength);
}
