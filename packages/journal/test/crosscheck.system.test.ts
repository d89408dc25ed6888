import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  bundleOf,
  decodeBundle,
  formatInclusionProof,
  inclusionProofOf,
  proveConsistency,
  readSubtrees,
  tilePathOf,
  vkeyTextOf,
  witnessKeyOf,
} from '@lichen/protocol';
import { expect, test } from 'vitest';
import { flipped, type JournalFiles, sampleJournal, vkey, witnesses } from './support/sampleJournal.ts';

const crosscheck = fileURLToPath(new URL('../../../tools/journal-crosscheck', import.meta.url));
const count = 520;

function receiptOf(
  files: JournalFiles,
  index: number,
  consistency: { size: number; hashes: Uint8Array[] }[],
) {
  const read = readSubtrees((id) => files.get(tilePathOf(id))!, count);
  return formatInclusionProof({
    index,
    hashes: inclusionProofOf(read, index, count),
    checkpoint: Buffer.from(files.get('checkpoint')!).toString(),
    extra: decodeBundle(files.get(tilePathOf(bundleOf(index, count)))!)[index % 256]!,
    consistency,
  });
}

test('the Go project’s code takes a whole journal and receipts with proofs to other heads', async () => {
  try {
    execFileSync('go', ['version']);
  } catch {
    process.stdout.write('skipped: Go is not on this machine, so our files were not checked by its tools\n');
    return;
  }
  const { files } = await sampleJournal(count);
  const read = async (path: string) => files.get(path);
  const others = await Promise.all(
    [1, 255, 256, 300, 519].map(async (size) => ({
      size,
      hashes: await proveConsistency({ read, size: count, from: size, to: count }),
    })),
  );
  const folder = mkdtempSync(join(tmpdir(), 'lichen-crosscheck-'));
  const write = (path: string, bytes: Uint8Array | string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  };
  const check = () =>
    execFileSync(
      'go',
      ['run', '.', 'check', folder, vkey, ...witnesses.map((witness) => vkeyTextOf(witnessKeyOf(witness)))],
      { cwd: crosscheck, encoding: 'utf8', stdio: 'pipe' },
    ).trim();
  try {
    for (const [path, bytes] of files) write(path, bytes);
    write('plain.tlog-proof', receiptOf(files, 256, []));
    write('anchored.tlog-proof', receiptOf(files, 0, others));
    expect(check()).toBe(
      '520 entries, 4 tiles, 3 signatures, 2 receipts, 5 proofs to other heads: all as they must be',
    );
    // It can refuse, too.
    const [first, ...rest] = others;
    const broken = { ...rest[3]!, hashes: rest[3]!.hashes.map((hash) => flipped(hash, 0)) };
    write('anchored.tlog-proof', receiptOf(files, 0, [first!, broken]));
    expect(check).toThrow();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
