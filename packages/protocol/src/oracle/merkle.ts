import { concat, type Hex, keccak256, zeroHash } from 'viem';
import { LichenError } from '../errors.ts';

/** Commutative node hash of OpenZeppelin's MerkleProof: children sorted by value. */
function nodeOf(a: Hex, b: Hex): Hex {
  return keccak256(a.toLowerCase() < b.toLowerCase() ? concat([a, b]) : concat([b, a]));
}

function levelsOf(leaves: readonly Hex[]): Hex[][] {
  const levels: Hex[][] = [[...leaves]];
  for (let level = levels[0]!; level.length > 1; level = levels[levels.length - 1]!) {
    const next: Hex[] = [];
    for (let i = 0; i < level.length; i += 2) {
      const left = level[i]!;
      const right = level[i + 1];
      next.push(right === undefined ? left : nodeOf(left, right));
    }
    levels.push(next);
  }
  return levels;
}

/** Root over the leaves in the given order; an odd node moves up unchanged; the empty tree has the zero root. */
export function merkleRootOf(leaves: readonly Hex[]): Hex {
  if (leaves.length === 0) return zeroHash;
  return levelsOf(leaves).at(-1)![0]!;
}

/**
 * Siblings from leaf to root, for OpenZeppelin's `MerkleProof.verify`.
 * @throws LichenError `bad-input` when the index is outside the tree.
 */
export function merkleProofOf(leaves: readonly Hex[], index: number): Hex[] {
  if (!Number.isInteger(index) || index < 0 || index >= leaves.length) {
    throw new LichenError('bad-input', 'That leaf is not in the tree.', {
      got: `index ${index}`,
      expected: `0 to ${leaves.length - 1}`,
    });
  }
  const proof: Hex[] = [];
  let at = index;
  for (const level of levelsOf(leaves).slice(0, -1)) {
    const sibling = level[at ^ 1];
    if (sibling !== undefined) proof.push(sibling);
    at >>= 1;
  }
  return proof;
}

/** True when the proof leads from the leaf to the root. */
export function verifyMerkleProof(root: Hex, leaf: Hex, proof: readonly Hex[]): boolean {
  return proof.reduce(nodeOf, leaf).toLowerCase() === root.toLowerCase();
}
