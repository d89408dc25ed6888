import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openCheckpoint } from './checkpoint.ts';
import { verifyCosignatures } from './cosignature.ts';
import { formatInclusionProof, parseInclusionProof } from './inclusionProofFile.ts';
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
import { fromBase64, parseVkey, toBase64 } from './signedNote.ts';

/** Made by the Go project's and Google's own code: tools/journal-crosscheck. */
const vectors = JSON.parse(readFileSync(new URL('../../vectors/journal.json', import.meta.url), 'utf8')) as {
  entries: string[];
  roots: Record<string, string>;
  inclusion: { index: number; size: number; hashes: string[] }[];
  consistency: { oldSize: number; size: number; hashes: string[] }[];
  logVkey: string;
  witnessVkeys: string[];
  checkpoint: string;
  receipts: string[];
};

const leaves = vectors.entries.map((entry) => entryHashOf(fromBase64(entry)));
const read: SubtreeReader = (level, index) =>
  level === 0 ? leaves[index]! : nodeHashOf(read(level - 1, index * 2), read(level - 1, index * 2 + 1));
const rootOf = (size: number) => fromBase64(vectors.roots[size]!);

test('roots and proofs are those of the Go tooling, byte for byte', () => {
  for (const [size, root] of Object.entries(vectors.roots)) {
    expect(toBase64(treeRootOf(read, Number(size)))).toBe(root);
  }
  for (const { index, size, hashes } of vectors.inclusion) {
    expect(inclusionProofOf(read, index, size).map(toBase64)).toEqual(hashes);
  }
  for (const { oldSize, size, hashes } of vectors.consistency) {
    expect(consistencyProofOf(read, oldSize, size).map(toBase64)).toEqual(hashes);
    const proof = hashes.map(fromBase64);
    const oldRoot = treeRootOf(read, oldSize);
    expect(verifyConsistency(oldSize, size, proof, oldRoot, rootOf(size))).toBe(true);
  }
});

test('checkpoint and cosignatures of both kinds, signed by the Go tooling', () => {
  const checkpoint = openCheckpoint(vectors.checkpoint, parseVkey(vectors.logVkey));
  expect(checkpoint).toMatchObject({ origin: 'go.example/log', size: 300, root: rootOf(300) });
  const { valid, broken } = verifyCosignatures(
    checkpoint.note,
    checkpoint,
    vectors.witnessVkeys.map(parseVkey),
  );
  expect(valid.map(({ key }) => key.name)).toEqual([
    'go.example/witness-ed25519',
    'go.example/witness-mldsa44',
  ]);
  expect(broken).toEqual([]);
});

test('receipts written by the Go tooling', () => {
  for (const text of vectors.receipts) {
    const receipt = parseInclusionProof(text);
    expect(formatInclusionProof(receipt)).toBe(text);
    const { size, root } = openCheckpoint(receipt.checkpoint, parseVkey(vectors.logVkey));
    expect(verifyInclusion(leaves[receipt.index]!, receipt.index, size, receipt.hashes, root)).toBe(true);
  }
});
