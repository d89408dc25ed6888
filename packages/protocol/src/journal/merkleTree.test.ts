import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import {
  consistencyProofOf,
  entryHashOf,
  inclusionProofOf,
  nodeHashOf,
  type SubtreeReader,
  treeRootOf,
  verifyConsistency,
  verifyInclusion,
} from './merkleTree.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

/** The tree of Certificate Transparency's own tests: its roots are published with RFC 6962's reference code. */
const published = {
  leaves: [
    '',
    '00',
    '10',
    '2021',
    '3031',
    '40414243',
    '5051525354555657',
    '606162636465666768696a6b6c6d6e6f',
  ],
  roots: [
    '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
    'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
    '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
    'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
    '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
  ],
};

function readerOf(leaves: readonly Uint8Array[]): SubtreeReader {
  const read: SubtreeReader = (level, index) =>
    level === 0 ? leaves[index]! : nodeHashOf(read(level - 1, index * 2), read(level - 1, index * 2 + 1));
  return read;
}

/** RFC 6962, section 2.1, word for word: what the fast walk is compared with. */
function naiveRoot(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 1) return leaves[0]!;
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return nodeHashOf(naiveRoot(leaves.slice(0, split)), naiveRoot(leaves.slice(split)));
}

const leaves = Array.from({ length: 70 }, (_, at) => entryHashOf(Uint8Array.of(at)));
const read = readerOf(leaves);

test('the published tree', () => {
  const reader = readerOf(published.leaves.map((leaf) => entryHashOf(Buffer.from(leaf, 'hex'))));
  for (const [at, root] of published.roots.entries()) expect(hex(treeRootOf(reader, at + 1))).toBe(root);
  expect(hex(treeRootOf(reader, 0))).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
});

describe('inclusion', () => {
  test('every leaf of every tree up to 70', () => {
    for (let size = 1; size <= leaves.length; size += 1) {
      const root = treeRootOf(read, size);
      expect(root).toEqual(naiveRoot(leaves.slice(0, size)));
      for (let index = 0; index < size; index += 1) {
        const proof = inclusionProofOf(read, index, size);
        expect(verifyInclusion(leaves[index]!, index, size, proof, root)).toBe(true);
        expect(verifyInclusion(leaves[index]!, index, size, [...proof, root], root)).toBe(false);
        if (proof.length > 0) {
          expect(verifyInclusion(leaves[index]!, index, size, proof.slice(1), root)).toBe(false);
        }
        if (size > 1) {
          const other = (index + 1) % size;
          expect(verifyInclusion(leaves[index]!, other, size, proof, root)).toBe(false);
        }
      }
    }
  });

  test('no leaf, no proof', () => {
    expect(() => inclusionProofOf(read, 5, 5)).toThrow('not in the journal');
    expect(() => inclusionProofOf(read, -1, 5)).toThrow('not in the journal');
    expect(verifyInclusion(leaves[0]!, 0, 0, [], leaves[0]!)).toBe(false);
    expect(verifyInclusion(leaves[0]!, 0.5, 2, [leaves[1]!], leaves[0]!)).toBe(false);
  });

  property.prop([fc.integer({ min: 1, max: 70 }), fc.nat(), fc.nat(), fc.nat(7)])(
    'a flipped bit anywhere is found',
    (size, pick, byte, bit) => {
      const index = pick % size;
      const root = treeRootOf(read, size);
      const parts = [leaves[index]!, ...inclusionProofOf(read, index, size), root].map((part) =>
        part.slice(),
      );
      const at = byte % (parts.length * 32);
      parts[Math.floor(at / 32)]![at % 32]! ^= 1 << bit;
      const [leaf, ...rest] = parts as [Uint8Array, ...Uint8Array[]];
      const claimed = rest.pop()!;
      expect(verifyInclusion(leaf, index, size, rest, claimed)).toBe(false);
    },
  );
});

describe('consistency', () => {
  test('every pair of trees up to 70', () => {
    for (let size = 1; size <= leaves.length; size += 1) {
      const root = treeRootOf(read, size);
      for (let oldSize = 0; oldSize <= size; oldSize += 1) {
        const oldRoot = treeRootOf(read, oldSize);
        const proof = consistencyProofOf(read, oldSize, size);
        expect(verifyConsistency(oldSize, size, proof, oldRoot, root)).toBe(true);
        if (oldSize === size) continue;
        if (oldSize > 0) {
          expect(verifyConsistency(oldSize, size, proof, oldRoot, oldRoot)).toBe(false);
          expect(verifyConsistency(oldSize, size, proof, root, root)).toBe(false);
          expect(verifyConsistency(oldSize, size, [...proof, root], oldRoot, root)).toBe(false);
          expect(verifyConsistency(oldSize, size, proof.slice(0, -1), oldRoot, root)).toBe(false);
        }
      }
    }
  });

  test('a journal that shrinks, or whose past was rewritten', () => {
    expect(() => consistencyProofOf(read, 9, 8)).toThrow('never shrinks');
    expect(verifyConsistency(9, 8, [], leaves[0]!, leaves[0]!)).toBe(false);
    const rewritten = leaves.map((leaf, at) => (at === 3 ? entryHashOf(Uint8Array.of(99)) : leaf));
    const forged = readerOf(rewritten);
    const proof = consistencyProofOf(forged, 20, 50);
    expect(verifyConsistency(20, 50, proof, treeRootOf(read, 20), treeRootOf(forged, 50))).toBe(false);
  });
});
