// The whole sweep: every byte of every file of a journal, and of a receipt with a proof to an anchor. Minutes.
import {
  formatInclusionProof,
  inclusionProofOf,
  openCheckpoint,
  parseVkey,
  proveConsistency,
  readSubtrees,
  tilePathOf,
  verifyReceipt,
} from '@lichen/protocol';
import { expect, test } from 'vitest';
import { platformSha256 } from '../src/index.ts';
import {
  checkFiles,
  flipped,
  type JournalFiles,
  plainJournal,
  policy,
  sampleJournal,
  vkey,
  withFile,
} from './support/sampleJournal.ts';

const masks = [1, 2, 4, 8, 16, 32, 64, 128, 255];

async function sweep(files: JournalFiles, path: string, upTo = Number.POSITIVE_INFINITY): Promise<number> {
  const bytes = files.get(path)!;
  const end = Math.min(bytes.length, upTo);
  const entries = (await checkFiles(files)).isWhole ? 'decisions' : 'any';
  expect((await checkFiles(files, { entries })).isWhole).toBe(true);
  for (let at = 0; at < end; at += 1) {
    const changed = withFile(files, path, flipped(bytes, at, masks[at % masks.length]!));
    const { findings, isWhole } = await checkFiles(changed, { entries });
    const faults = findings.filter(({ severity }) => severity === 'fault');
    if (isWhole || faults[0]?.path !== path) {
      throw new Error(`byte ${at} of ${path}: ${JSON.stringify(findings)}`);
    }
    if (path !== 'checkpoint' && findings.some((finding) => finding.path !== path)) {
      throw new Error(`byte ${at} of ${path} names others: ${JSON.stringify(findings)}`);
    }
  }
  return end;
}

test('every byte of a journal of short entries', { timeout: 1_200_000 }, async () => {
  const files = await plainJournal(Array.from({ length: 300 }, (_, at) => Buffer.from(`entry ${at}`)));
  let swept = 0;
  for (const path of files.keys()) swept += await sweep(files, path);
  console.log(`${swept} bytes of ${files.size} files, each changed once`);
  expect(swept).toBe([...files.values()].reduce((sum, { length }) => sum + length, 0));
});

test('every byte of the first and last decisions', { timeout: 1_200_000 }, async () => {
  const { files } = await sampleJournal(258);
  await sweep(files, 'tile/entries/000', 1_500);
  await sweep(files, 'tile/entries/001.p/2');
});

test('every byte of a receipt with a proof to an anchor', { timeout: 1_200_000 }, async () => {
  const { files, anchors } = await sampleJournal(300, [200]);
  const size = 300;
  const { root } = openCheckpoint(Buffer.from(files.get('checkpoint')!).toString(), parseVkey(vkey));
  expect(root).toHaveLength(32);
  const read = async (path: string) => files.get(path);
  const bundle = files.get('tile/entries/000')!;
  const receipt = formatInclusionProof({
    index: 0,
    hashes: inclusionProofOf(
      readSubtrees((id) => files.get(tilePathOf(id))!, size, platformSha256),
      0,
      size,
      platformSha256,
    ),
    checkpoint: Buffer.from(files.get('checkpoint')!).toString(),
    extra: bundle.subarray(2, 2 + (bundle[0]! << 8) + bundle[1]!),
    consistency: [{ size: 200, hashes: await proveConsistency({ read, size, from: 200, to: size }) }],
  });
  const whole = verifyReceipt({ receipt, policy, anchors });
  expect(whole.checks.at(-1)).toMatchObject({ name: 'anchor', state: 'passed' });
  expect(whole.isValid).toBe(true);
  const bytes = Buffer.from(receipt);
  for (let at = 0; at < bytes.length; at += 1) {
    const changed = Buffer.from(flipped(bytes, at, masks[at % masks.length]!)).toString();
    const { isValid, checks } = verifyReceipt({ receipt: changed, policy, anchors });
    const anchor = checks.find(({ name }) => name === 'anchor');
    // A changed size of the other head leaves a receipt that is good without an anchor: it says so.
    if (isValid && anchor?.state === 'passed') throw new Error(`byte ${at}: ${JSON.stringify(checks)}`);
    if (!isValid && !checks.some(({ state }) => state === 'failed'))
      throw new Error(`byte ${at} has no reason`);
  }
});
