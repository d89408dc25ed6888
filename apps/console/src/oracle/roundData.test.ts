import { leafHashOf, merkleRootOf } from '@lichen/protocol';
import { zeroHash } from 'viem';
import { expect, it } from 'vitest';
import { holdsRoot, type ToldLeaf } from './roundData.ts';

const leaf = (answer: number): ToldLeaf => ({
  questionId: `0x${'ab'.repeat(32)}`,
  topic: zeroHash,
  subject: zeroHash,
  outcome: 0,
  answer: `0x${answer.toString(16).padStart(64, '0')}`,
  confidenceBps: 10_000,
  evidenceRoot: zeroHash,
  status: 'final',
});

it('finds a changed answer by the root of the chain', () => {
  const leaves = [leaf(0), leaf(1), leaf(2)];
  const root = merkleRootOf(leaves.map(leafHashOf));
  expect(holdsRoot({ leaves }, root)).toBe(true);
  expect(holdsRoot({ leaves: [leaf(0), leaf(1), leaf(3)] }, root)).toBe(false);
  expect(holdsRoot({ leaves: leaves.slice(1) }, root)).toBe(false);
});

it('takes a heartbeat for what it is', () => {
  expect(holdsRoot({ leaves: [] }, zeroHash)).toBe(true);
});
