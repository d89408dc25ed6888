import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js';
import { LichenError } from '../errors.ts';

/** SHA-256 of the bytes. A faster one than noble's may be passed where the platform has it. */
export type Sha256 = (bytes: Uint8Array) => Uint8Array;

export const sha256: Sha256 = nobleSha256;

/** Root of a complete subtree: `level` 0 is a leaf hash, `index` counts subtrees of that level from the left. */
export type SubtreeReader = (level: number, index: number) => Uint8Array;

const leafPrefix = 0;
const nodePrefix = 1;

/** Hash of a log entry. RFC 6962, section 2.1. */
export function entryHashOf(entry: Uint8Array, hash: Sha256 = sha256): Uint8Array {
  const bytes = new Uint8Array(entry.length + 1);
  bytes[0] = leafPrefix;
  bytes.set(entry, 1);
  return hash(bytes);
}

/** Used again by each node: a hash is done with it when it returns. */
const nodeBytes = Uint8Array.of(nodePrefix, ...new Uint8Array(64));

/** Hash of an interior node. RFC 6962, section 2.1. */
export function nodeHashOf(left: Uint8Array, right: Uint8Array, hash: Sha256 = sha256): Uint8Array {
  nodeBytes.set(left, 1);
  nodeBytes.set(right, 33);
  return hash(nodeBytes);
}

/** Whether both are the same bytes: of a hash, or of a whole decision, which a callback for each byte makes 12 µs slower. */
export function sameHash(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at += 1) if (a[at] !== b[at]) return false;
  return true;
}

function refuse(what: string, got: string, expected: string): never {
  throw new LichenError('bad-input', what, { got, expected, retry: 'after-fix' });
}

/** The complete subtrees that make up leaves [from, to), left to right; `from` is a multiple of each one's width. */
function completeParts(from: number, to: number): { level: number; index: number }[] {
  const parts: { level: number; index: number }[] = [];
  for (let start = from; start < to; ) {
    let level = 0;
    // Sizes are beyond 2^31, so no shifts.
    while (start % 2 ** (level + 1) === 0 && start + 2 ** (level + 1) <= to) level += 1;
    parts.push({ level, index: start / 2 ** level });
    start += 2 ** level;
  }
  return parts;
}

/** Hash of leaves [from, to), where the range is one node of the tree. */
function rangeHash(read: SubtreeReader, from: number, to: number, hash: Sha256): Uint8Array {
  const parts = completeParts(from, to).map(({ level, index }) => read(level, index));
  return parts.reduceRight((right, left) => nodeHashOf(left, right, hash));
}

/** Root of the tree of the first `size` leaves. RFC 6962, section 2.1; of no leaves it is the hash of nothing. */
export function treeRootOf(read: SubtreeReader, size: number, hash: Sha256 = sha256): Uint8Array {
  return size === 0 ? hash(new Uint8Array(0)) : rangeHash(read, 0, size, hash);
}

/** Largest power of two below `size`; size at least 2. */
function splitOf(size: number): number {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}

/**
 * Proof that leaf `index` is in the tree of `size` leaves: siblings from the leaf up. RFC 6962, section 2.1.1.
 * @throws LichenError `bad-input` when the tree has no such leaf.
 */
export function inclusionProofOf(
  read: SubtreeReader,
  index: number,
  size: number,
  hash: Sha256 = sha256,
): Uint8Array[] {
  if (!Number.isSafeInteger(index) || index < 0 || index >= size) {
    refuse('That entry is not in the journal.', `index ${index}`, `0 to ${size - 1}`);
  }
  const proof: Uint8Array[] = [];
  let [from, to] = [0, size];
  while (to - from > 1) {
    const middle = from + splitOf(to - from);
    const isLeft = index < middle;
    proof.push(isLeft ? rangeHash(read, middle, to, hash) : rangeHash(read, from, middle, hash));
    [from, to] = isLeft ? [from, middle] : [middle, to];
  }
  return proof.reverse();
}

/**
 * Proof that the tree of `oldSize` leaves is a prefix of that of `size`. RFC 6962, section 2.1.2. Empty where the sizes
 * are equal or the old tree is empty.
 * @throws LichenError `bad-input` when the old tree is the larger one.
 */
export function consistencyProofOf(
  read: SubtreeReader,
  oldSize: number,
  size: number,
  hash: Sha256 = sha256,
): Uint8Array[] {
  if (oldSize < 0 || oldSize > size)
    refuse('A journal never shrinks.', `${oldSize} to ${size}`, 'a larger size');
  if (oldSize === 0 || oldSize === size) return [];
  const proof: Uint8Array[] = [];
  let [from, to] = [0, size];
  let isWhole = true;
  while (oldSize !== to) {
    const middle = from + splitOf(to - from);
    if (oldSize <= middle) {
      proof.push(rangeHash(read, middle, to, hash));
      to = middle;
    } else {
      proof.push(rangeHash(read, from, middle, hash));
      from = middle;
      isWhole = false;
    }
  }
  if (!isWhole) proof.push(rangeHash(read, from, to, hash));
  return proof.reverse();
}

/** Whether the proof leads from the leaf to the root. RFC 9162, section 2.1.3.2. */
export function verifyInclusion(
  leafHash: Uint8Array,
  index: number,
  size: number,
  proof: readonly Uint8Array[],
  root: Uint8Array,
  hash: Sha256 = sha256,
): boolean {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size) return false;
  let [node, last] = [index, size - 1];
  let found = leafHash;
  for (const sibling of proof) {
    if (sibling.length !== 32 || last === 0) return false;
    if (node % 2 === 1 || node === last) {
      found = nodeHashOf(sibling, found, hash);
      while (node % 2 === 0 && node !== 0) [node, last] = [node / 2, Math.floor(last / 2)];
    } else {
      found = nodeHashOf(found, sibling, hash);
    }
    [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  }
  return last === 0 && sameHash(found, root);
}

/** Whether the proof shows that the old tree is a prefix of the new one. RFC 9162, section 2.1.4.2. */
export function verifyConsistency(
  oldSize: number,
  size: number,
  proof: readonly Uint8Array[],
  oldRoot: Uint8Array,
  root: Uint8Array,
  hash: Sha256 = sha256,
): boolean {
  if (!Number.isSafeInteger(oldSize) || !Number.isSafeInteger(size) || oldSize < 0 || oldSize > size)
    return false;
  if (proof.some((node) => node.length !== 32)) return false;
  if (oldSize === 0) return proof.length === 0 && sameHash(oldRoot, hash(new Uint8Array(0)));
  if (oldSize === size) return proof.length === 0 && sameHash(oldRoot, root);
  let [node, last] = [oldSize - 1, size - 1];
  while (node % 2 === 1) [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  // Where the old tree is a complete subtree, its root is the start and not part of the proof.
  const path = node === 0 ? [oldRoot, ...proof] : [...proof];
  const first = path.shift();
  if (first === undefined) return false;
  let [foundOld, found] = [first, first];
  for (const sibling of path) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      foundOld = nodeHashOf(sibling, foundOld, hash);
      found = nodeHashOf(sibling, found, hash);
      while (node % 2 === 0 && node !== 0) [node, last] = [node / 2, Math.floor(last / 2)];
    } else {
      found = nodeHashOf(found, sibling, hash);
    }
    [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  }
  return last === 0 && sameHash(foundOld, oldRoot) && sameHash(found, root);
}
