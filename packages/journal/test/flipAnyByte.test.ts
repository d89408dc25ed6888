import { fc, test as property } from '@fast-check/vitest';
import { bundleOf, type JournalFindingCode, journalFindingCodes, sha256, tilePathOf } from '@lichen/protocol';
import { beforeAll, describe, expect, test } from 'vitest';
import { checkFiles, flipped, type SampleJournal, sampleJournal, withFile } from './support/sampleJournal.ts';

const count = 520;
let sample: SampleJournal;
beforeAll(async () => {
  sample = await sampleJournal(count, [100, 256, 300]);
});

/** Codes that a change of a file may have, by the kind of the file. */
const codesOf: Readonly<Record<string, readonly JournalFindingCode[]>> = {
  entries: ['entries-altered', 'entries-malformed'],
  tile: ['tile-altered', 'tile-malformed'],
  checkpoint: [
    'checkpoint-malformed',
    'checkpoint-foreign',
    'checkpoint-unsigned',
    'cosignature-broken',
    'quorum-missing',
  ],
};
const kindOf = (path: string) =>
  path === 'checkpoint' ? 'checkpoint' : path.startsWith('tile/entries/') ? 'entries' : 'tile';

const change = fc.record({
  path: fc.constantFrom(
    'checkpoint',
    'tile/0/000',
    'tile/0/001',
    'tile/0/002.p/8',
    'tile/1/000.p/2',
    'tile/entries/000',
    'tile/entries/001',
    'tile/entries/002.p/8',
  ),
  kind: fc.constantFrom('drop', 'cut', 'add', 'set', 'move', 'take'),
  at: fc.nat(200_000),
  bytes: fc.uint8Array({ minLength: 1, maxLength: 40 }),
});

property.prop([fc.array(change, { minLength: 1, maxLength: 4 })], { numRuns: 60 })(
  'whatever is done to the files: a report, and none that calls other files whole',
  async (changes) => {
    let files = sample.files;
    for (const { path, kind, at, bytes } of changes) {
      const old = files.get(path) ?? new Uint8Array(0);
      const place = at % (old.length + 1);
      const [head, tail] = [old.subarray(0, place), old.subarray(place)];
      const next: Record<typeof kind, () => Uint8Array | undefined> = {
        drop: () => undefined,
        cut: () => head,
        add: () => Uint8Array.from([...head, ...bytes, ...tail]),
        set: () => Uint8Array.from([...head, ...bytes, ...tail.subarray(bytes.length)]),
        move: () => Uint8Array.from([...tail, ...head]),
        take: () => sample.files.get(path === 'tile/0/000' ? 'tile/0/001' : 'tile/0/000'),
      };
      files = withFile(files, path, next[kind]!());
    }
    const isSame = [...sample.files].every(([path, bytes]) => {
      const other = files.get(path);
      return other !== undefined && Buffer.compare(other, bytes) === 0;
    });
    const { isWhole, findings } = await checkFiles(files, { entries: 'any', anchors: sample.anchors });
    expect(isWhole, JSON.stringify(findings)).toBe(isSame);
    expect(findings.every(({ code }) => journalFindingCodes.includes(code))).toBe(true);
  },
);

test('the whole journal', async () => {
  const { files, anchors } = sample;
  // `tile/1/000.p/1` is of the head before.
  expect([...files.keys()].filter((path) => path !== 'tile/1/000.p/1').sort()).toEqual([
    'checkpoint',
    'tile/0/000',
    'tile/0/001',
    'tile/0/002.p/8',
    'tile/1/000.p/2',
    'tile/entries/000',
    'tile/entries/001',
    'tile/entries/002.p/8',
  ]);
  const seen: number[] = [];
  const report = await checkFiles(files, {
    anchors,
    onEntry: (index, _entry, leafHash, { decision, isProven }) => {
      expect([decision?.seq, isProven, leafHash.length]).toEqual([index, true, 64]);
      seen.push(index);
    },
  });
  expect(report.findings).toEqual([]);
  expect(report).toMatchObject({ isWhole: true, size: count, proven: count, witnessedBy: ['w0', 'w1'] });
  expect(report.anchored?.size).toBe(300);
  expect(seen).toEqual(Array.from({ length: count }, (_, at) => at));
  // The hash that runs everywhere finds the same.
  expect((await checkFiles(files, { hash: sha256 })).isWhole).toBe(true);
});

describe('a changed byte is named with its file', () => {
  /** Every byte of what is short, every so manieth of the rest; the whole sweep is in flipAnyByte.drill.test.ts. */
  const steps: Readonly<Record<string, number>> = {
    checkpoint: 61,
    'tile/0/000': 509,
    'tile/0/001': 1_021,
    'tile/0/002.p/8': 13,
    'tile/1/000.p/2': 5,
    'tile/entries/000': 5_003,
    'tile/entries/001': 9_001,
    'tile/entries/002.p/8': 211,
  };
  test.each(Object.entries(steps))('%s', async (path, step) => {
    const bytes = sample.files.get(path)!;
    const expected = codesOf[kindOf(path)]!;
    for (let at = 0; at < bytes.length; at += step) {
      const files = withFile(sample.files, path, flipped(bytes, at, 1 << (at % 8)));
      const report = await checkFiles(files, { anchors: sample.anchors });
      const where = `byte ${at} of ${path}: ${JSON.stringify(report.findings)}`;
      expect(report.isWhole, where).toBe(false);
      expect(report.findings[0], where).toMatchObject({ path, severity: 'fault' });
      expect(expected, where).toContain(report.findings[0]!.code);
      if (path !== 'checkpoint') {
        // Only the file that was changed, and never its neighbour, is named.
        expect(report.findings.map((finding) => finding.path).filter((other) => other !== path)).toEqual([]);
        expect(report.anchored?.size).toBe(300);
      }
    }
  });

  test('an altered entry is named by its index, and not handed on', async () => {
    const path = 'tile/entries/001';
    const files = withFile(sample.files, path, flipped(sample.files.get(path)!, 1_000));
    const seen = new Set<number>();
    const report = await checkFiles(files, { onEntry: (index) => void seen.add(index) });
    const [finding] = report.findings;
    expect(report.findings).toHaveLength(1);
    expect(finding).toMatchObject({ code: 'entries-altered', path });
    expect(tilePathOf(bundleOf(finding!.index!, count))).toBe(path);
    expect(seen.has(finding!.index!)).toBe(false);
    expect(seen.size).toBe(count - 1);
    expect(report.proven).toBe(count - 1);
  });
});

describe('files that are other, missing, shorter or longer', () => {
  async function findingsOf(path: string, bytes: Uint8Array | undefined) {
    const { findings } = await checkFiles(withFile(sample.files, path, bytes), { anchors: sample.anchors });
    return findings.map((finding) => `${finding.code} ${finding.path}`);
  }
  const paths = [
    'tile/0/000',
    'tile/0/002.p/8',
    'tile/1/000.p/2',
    'tile/entries/001',
    'tile/entries/002.p/8',
  ];

  test.each(paths)('%s', async (path) => {
    const bytes = sample.files.get(path)!;
    const malformed = path.startsWith('tile/entries/') ? 'entries-malformed' : 'tile-malformed';
    expect(await findingsOf(path, undefined)).toEqual([`file-missing ${path}`]);
    expect(await findingsOf(path, new Uint8Array(0))).toEqual([`${malformed} ${path}`]);
    expect(await findingsOf(path, bytes.subarray(0, bytes.length - 1))).toEqual([`${malformed} ${path}`]);
    expect(await findingsOf(path, bytes.subarray(0, bytes.length - 32))).toEqual([`${malformed} ${path}`]);
    expect(await findingsOf(path, Uint8Array.from([...bytes, 0]))).toEqual([`${malformed} ${path}`]);
    expect(await findingsOf(path, Uint8Array.from([...bytes, ...bytes]))).toEqual([`${malformed} ${path}`]);
  });

  test.each([
    ['tile/0/000', 'tile/0/001', 'tile-altered'],
    ['tile/entries/000', 'tile/entries/001', 'entries-altered'],
  ])('%s and %s swapped', async (one, other, code) => {
    const files = withFile(sample.files, one, sample.files.get(other));
    const { findings } = await checkFiles(withFile(files, other, sample.files.get(one)));
    expect(findings.map((finding) => `${finding.code} ${finding.path}`)).toEqual([
      `${code} ${one}`,
      `${code} ${other}`,
    ]);
  });

  test('a checkpoint that is missing, cut or of nothing', async () => {
    expect(await findingsOf('checkpoint', undefined)).toContain('checkpoint-missing checkpoint');
    const bytes = sample.files.get('checkpoint')!;
    for (const length of [0, 1, 30, 60, bytes.length - 1]) {
      expect((await findingsOf('checkpoint', bytes.subarray(0, length)))[0]).toBe(
        'checkpoint-malformed checkpoint',
      );
    }
    const text = new TextDecoder().decode(bytes);
    const unwitnessed = Buffer.from(text.split('\n').slice(0, 5).join('\n').concat('\n'));
    expect(await findingsOf('checkpoint', unwitnessed)).toEqual(['quorum-missing checkpoint']);
  });

  test('two faults at once are both named', async () => {
    let files = withFile(sample.files, 'tile/1/000.p/2', flipped(sample.files.get('tile/1/000.p/2')!, 3));
    files = withFile(files, 'tile/entries/001', flipped(sample.files.get('tile/entries/001')!, 700));
    files = withFile(files, 'tile/0/002.p/8', undefined);
    const { findings } = await checkFiles(files);
    expect(findings.map((finding) => `${finding.code} ${finding.path}`).sort()).toEqual([
      'entries-altered tile/entries/001',
      'file-missing tile/0/002.p/8',
      'tile-altered tile/1/000.p/2',
    ]);
  });

  test('full files in the place of partial ones are as good', async () => {
    const larger = await sampleJournal(768, [100, 256, 300, count]);
    // The same keys and clock make the same decisions: this is the journal as it was, in later files.
    const files = withFile(larger.files, 'checkpoint', sample.files.get('checkpoint'));
    expect(files.has('tile/0/002.p/8') || files.has('tile/entries/002.p/8')).toBe(false);
    const report = await checkFiles(files, { entries: 'any' });
    expect(report.findings).toEqual([]);
  });
});
