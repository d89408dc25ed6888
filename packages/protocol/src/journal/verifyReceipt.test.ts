import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { journalKeyOf, signCheckpoint } from './checkpoint.ts';
import { cosign, type WitnessSecret, witnessKeyOf } from './cosignature.ts';
import type { Decision } from './decision.ts';
import { encodeDecision } from './encodeDecision.ts';
import { formatInclusionProof } from './inclusionProofFile.ts';
import {
  consistencyProofOf,
  entryHashOf,
  inclusionProofOf,
  nodeHashOf,
  type SubtreeReader,
  sha256,
  treeRootOf,
} from './merkleTree.ts';
import { blobHashOf } from './privateBlob.ts';
import { signatureLineOf, signatureTypes, vkeyTextOf } from './signedNote.ts';
import { parseTrustPolicy } from './trustPolicy.ts';
import { type ReceiptCheckName, verifyReceipt } from './verifyReceipt.ts';

const origin = 'lichen.test/agent';
const secret = sha256(Buffer.from('journal'));
const witnesses: WitnessSecret[] = ['one', 'two', 'three'].map((name, at) => ({
  name: `witness.test/${name}`,
  type: at === 1 ? signatureTypes.cosignatureMlDsa44 : signatureTypes.cosignatureEd25519,
  seed: sha256(Buffer.from(name)),
}));
const policy = parseTrustPolicy(`
log ${vkeyTextOf(journalKeyOf(origin, secret))}
${witnesses.map((witness, at) => `witness w${at} ${vkeyTextOf(witnessKeyOf(witness))}`).join('\n')}
group most 2 w0 w1 w2
quorum most
`);
const price = Buffer.from('{"close":"101.20"}');
const decision: Decision = {
  v: 1,
  agent: 'eip155:31338:0x00000000000000000000000000000000000000aa',
  seq: 1,
  previous: null,
  time: 1_700_000_000_000,
  zone: 'UTC',
  kind: 'refusal',
  task: 'rebalance',
  refersTo: null,
  inputs: [
    {
      name: 'close',
      uri: 'replay:prices/1',
      mediaType: 'application/json',
      sha256: blobHashOf(price),
      at: 1_700_000_000_000,
      isPrivate: false,
      provenance: { by: 'transport' },
    },
  ],
  rules: { sha256: '0'.repeat(64), version: '1' },
  model: null,
  choice: 'hold',
  rejected: [{ option: 'buy', reason: 'drawdown' }],
  checks: [{ rule: 'drawdown', passed: false, got: '12', limit: '10' }],
  act: null,
  result: null,
  amounts: [],
};
const entries = [Buffer.from('first'), encodeDecision(decision), Buffer.from('third')];
const leaves = entries.map((entry) => entryHashOf(entry));
const read: SubtreeReader = (level, index) =>
  level === 0 ? leaves[index]! : nodeHashOf(read(level - 1, index * 2), read(level - 1, index * 2 + 1));
const checkpoint = { origin, size: 3, root: treeRootOf(read, 3) };
const headOf = (by: readonly WitnessSecret[]) =>
  signCheckpoint(checkpoint, secret) +
  by.map((witness) => signatureLineOf(cosign(witness, checkpoint, 1))).join('');
const receiptOf = (head: string) =>
  formatInclusionProof({
    index: 1,
    hashes: inclusionProofOf(read, 1, 3),
    checkpoint: head,
    extra: entries[1]!,
  });
const receipt = receiptOf(headOf(witnesses.slice(0, 2)));
const blobs = new Map([[blobHashOf(price), price]]);
const anchors = [{ size: 3, root: checkpoint.root, where: 'block 7' }];

function failuresOf(more: Partial<Parameters<typeof verifyReceipt>[0]>): ReceiptCheckName[] {
  const report = verifyReceipt({ receipt, policy, blobs, anchors, ...more });
  expect(report.isValid).toBe(report.checks.every(({ state }) => state !== 'failed'));
  return report.checks.filter(({ state }) => state === 'failed').map(({ name }) => name);
}

test('a whole receipt', () => {
  const report = verifyReceipt({ receipt, policy, blobs, anchors });
  expect(
    report.checks.map(({ name, state, detail }) => `${name} ${state}: ${detail}`),
  ).toMatchInlineSnapshot(`
    [
      "receipt passed: entry 1, 2 hashes",
      "signature passed: lichen.test/agent signed 3 entries",
      "witnesses passed: w0, w1 saw this head",
      "inclusion passed: it is entry 1 of 3",
      "decision passed: refusal 1 of eip155:31338:0x00000000000000000000000000000000000000aa",
      "inputs passed: 1 of 1 inputs are at hand and as recorded",
      "anchor passed: this head is on the chain: block 7",
    ]
  `);
  expect(report).toMatchObject({
    isValid: true,
    index: 1,
    decision,
    leafHash: Buffer.from(leaves[1]!).toString('hex'),
  });
});

describe('what is wrong is named', () => {
  test('each part', () => {
    expect(failuresOf({ receipt: 'nonsense' })).toEqual(['receipt', 'inclusion']);
    expect(failuresOf({ receipt: receipt.replace(origin, 'lichen.test/other') })).toContain('signature');
    expect(failuresOf({ receipt: receiptOf(headOf([])) })).toEqual(['witnesses']);
    expect(failuresOf({ receipt: receiptOf(headOf(witnesses.slice(0, 1))) })).toEqual(['witnesses']);
    expect(failuresOf({ entry: entries[0]! })).toEqual(['inclusion', 'decision']);
    expect(failuresOf({ blobs: new Map([[blobHashOf(price), Buffer.from('other')]]) })).toEqual(['inputs']);
    expect(failuresOf({ anchors: [{ size: 3, root: sha256(price), where: 'block 7' }] })).toEqual(['anchor']);
  });

  test('what could not be checked is not passed', () => {
    const report = verifyReceipt({ receipt, policy });
    const states = Object.fromEntries(report.checks.map(({ name, state }) => [name, state]));
    expect(states).toMatchObject({ inputs: 'skipped', anchor: 'skipped' });
    expect(verifyReceipt({ receipt, policy, anchors: [] }).checks.at(-1)).toMatchObject({ state: 'skipped' });
  });

  property.prop([fc.nat(receipt.length - 1), fc.integer({ min: 1, max: 127 })])(
    'any changed character',
    (at, change) => {
      const code = receipt.charCodeAt(at);
      const changed = receipt.slice(0, at) + String.fromCharCode(code ^ change) + receipt.slice(at + 1);
      const { isValid, checks } = verifyReceipt({ receipt: changed, policy, blobs, anchors });
      expect(isValid).toBe(false);
      expect(checks.some(({ state }) => state === 'failed')).toBe(true);
    },
  );
});

describe('anchors of other sizes', () => {
  // Seven entries: ours is the second. The receipt is against five of them; the chain has heads of two, three and seven.
  const many = Array.from({ length: 7 }, (_, at) => (at === 1 ? entries[1]! : Buffer.from(`entry ${at}`)));
  const leavesOf = many.map((bytes) => entryHashOf(bytes));
  const readMany: SubtreeReader = (level, index) =>
    level === 0
      ? leavesOf[index]!
      : nodeHashOf(readMany(level - 1, index * 2), readMany(level - 1, index * 2 + 1));
  const rootAt = (size: number) => treeRootOf(readMany, size);
  const anchorAt = (size: number) => ({ size, root: rootAt(size), where: `block ${size}` });
  const five = { origin, size: 5, root: rootAt(5) };
  const proofTo = (size: number) => ({
    size,
    hashes: consistencyProofOf(readMany, Math.min(size, 5), Math.max(size, 5)),
  });
  const file = {
    index: 1,
    hashes: inclusionProofOf(readMany, 1, 5),
    checkpoint:
      signCheckpoint(five, secret) +
      witnesses
        .slice(0, 2)
        .map((witness) => signatureLineOf(cosign(witness, five, 1)))
        .join(''),
    extra: entries[1]!,
  };
  function anchorCheck(sizes: readonly number[], known: readonly ReturnType<typeof anchorAt>[], index = 1) {
    const text = formatInclusionProof({
      ...file,
      ...(index === 1 ? {} : { index, hashes: inclusionProofOf(readMany, index, 5), extra: many[index]! }),
      consistency: sizes.map(proofTo),
    });
    return verifyReceipt({ receipt: text, policy, blobs, anchors: known }).checks.at(-1);
  }

  test('older and newer ones vouch for it; of several the oldest is named', () => {
    for (const size of [2, 3, 7]) {
      expect(anchorCheck([size], [anchorAt(size)])).toMatchObject({
        name: 'anchor',
        state: 'passed',
        detail: expect.stringContaining(`block ${size}`),
      });
    }
    expect(anchorCheck([7, 3, 2], [anchorAt(7), anchorAt(5), anchorAt(3)])?.detail).toContain('block 3');
    expect(anchorCheck([7], [anchorAt(7), anchorAt(5)])?.detail).toContain('block 5');
  });

  test('one from before the entry proves nothing about it', () => {
    expect(anchorCheck([2], [anchorAt(2)], 3)).toMatchObject({ state: 'skipped' });
    expect(anchorCheck([2], [{ ...anchorAt(2), root: sha256(price) }], 3)).toMatchObject({ state: 'failed' });
    expect(anchorCheck([], [anchorAt(2)])).toMatchObject({ state: 'skipped' });
  });

  test('another past, a bent proof, a proof for another size', () => {
    for (const size of [2, 3, 7]) {
      expect(anchorCheck([size], [{ ...anchorAt(size), root: sha256(price) }])).toMatchObject({
        state: 'failed',
        detail: expect.stringContaining('not of one journal'),
      });
    }
    const bent = { size: 3, hashes: proofTo(3).hashes.map((node) => node.map((byte) => byte ^ 1)) };
    const long = { size: 3, hashes: [...proofTo(3).hashes, sha256(price)] };
    for (const consistency of [[bent], [long], [{ ...proofTo(7), size: 3 }]]) {
      const text = formatInclusionProof({ ...file, consistency });
      expect(verifyReceipt({ receipt: text, policy, anchors: [anchorAt(3)] }).isValid).toBe(false);
    }
  });

  const whole = formatInclusionProof({ ...file, consistency: [proofTo(3)] });
  property.prop([fc.nat(whole.length - 1), fc.integer({ min: 1, max: 127 })])(
    'any changed character: not valid, or not anchored',
    (at, change) => {
      const changed =
        whole.slice(0, at) + String.fromCharCode(whole.charCodeAt(at) ^ change) + whole.slice(at + 1);
      const { isValid, checks } = verifyReceipt({ receipt: changed, policy, blobs, anchors: [anchorAt(3)] });
      expect(isValid && checks.at(-1)?.state === 'passed').toBe(false);
    },
  );
});
