import { fc, test } from '@fast-check/vitest';
import { type Hex, keccak256, toHex, zeroHash } from 'viem';
import { describe, expect } from 'vitest';
import { LichenError } from '../errors.ts';
import { merkleProofOf, merkleRootOf, verifyMerkleProof } from './merkle.ts';

const leaf = (n: number): Hex => keccak256(toHex(n, { size: 32 }));
const trees = fc
  .uniqueArray(fc.nat(100_000), { minLength: 1, maxLength: 70 })
  .map((numbers) => numbers.map(leaf));

describe('merkle', () => {
  test.prop([trees, fc.nat()])('every leaf is proved, and by no other leaf', (leaves, pick) => {
    const root = merkleRootOf(leaves);
    const index = pick % leaves.length;
    const proof = merkleProofOf(leaves, index);
    expect(verifyMerkleProof(root, leaves[index]!, proof)).toBe(true);
    expect(verifyMerkleProof(root, leaf(200_000), proof)).toBe(false);
  });

  test.prop([trees, fc.nat(), fc.nat()])('a flipped sibling breaks the proof', (leaves, pick, which) => {
    const proof = merkleProofOf(leaves, pick % leaves.length);
    fc.pre(proof.length > 0);
    const broken = proof.map((node, i) => (i === which % proof.length ? keccak256(node) : node));
    expect(verifyMerkleProof(merkleRootOf(leaves), leaves[pick % leaves.length]!, broken)).toBe(false);
  });

  test('the empty tree has the zero root', () => {
    expect(merkleRootOf([])).toBe(zeroHash);
  });

  test('refuses an index outside the tree', () => {
    expect(() => merkleProofOf([leaf(1)], 1)).toThrow(LichenError);
    expect(() => merkleProofOf([leaf(1)], -1)).toThrow(LichenError);
  });
});
