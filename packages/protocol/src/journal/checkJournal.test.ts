import { describe, expect, test } from 'vitest';
import { blankDecision } from './blankDecision.ts';
import { type CheckJournalParameters, checkJournal, type KnownHead } from './checkJournal.ts';
import { journalKeyOf, signCheckpoint } from './checkpoint.ts';
import type { Decision } from './decision.ts';
import { encodeDecision } from './encodeDecision.ts';
import { entryHashOf, nodeHashOf, type SubtreeReader, sha256, treeRootOf } from './merkleTree.ts';
import { vkeyTextOf } from './signedNote.ts';
import { encodeBundle, newTilesOf, tilePathOf, tileWidth } from './tiles.ts';

const origin = 'lichen.test/agent';
const secret = sha256(Buffer.from('journal'));
const vkey = vkeyTextOf(journalKeyOf(origin, secret));

type Files = Map<string, Uint8Array>;

/** A tree over entries, each subtree hashed once. */
function treeOf(entries: readonly Uint8Array[]): SubtreeReader {
  const known = new Map<string, Uint8Array>();
  const read: SubtreeReader = (level, index) => {
    const key = `${level}/${index}`;
    const found =
      known.get(key) ??
      (level === 0
        ? entryHashOf(entries[index]!)
        : nodeHashOf(read(level - 1, index * 2), read(level - 1, index * 2 + 1)));
    known.set(key, found);
    return found;
  };
  return read;
}

/** Public files of a journal with these entries, as any writer would make them. */
function filesOf(entries: readonly Uint8Array[], read = treeOf(entries)): Files {
  const size = entries.length;
  const files: Files = new Map();
  for (const id of newTilesOf(0, size)) {
    const first = id.index * tileWidth;
    const bytes =
      id.level === 'entries'
        ? encodeBundle(entries.slice(first, first + id.width))
        : Buffer.concat(
            Array.from({ length: id.width }, (_, at) => read((id.level as number) * 8, first + at)),
          );
    files.set(tilePathOf(id), new Uint8Array(bytes));
  }
  const head = { origin, size, root: treeRootOf(read, size) };
  files.set('checkpoint', Buffer.from(signCheckpoint(head, secret)));
  return files;
}

const first: Decision = {
  ...blankDecision,
  v: 1,
  agent: 'eip155:31338:0x00000000000000000000000000000000000000aa',
  seq: 0,
  previous: null,
  time: 1_000,
  zone: 'UTC',
  kind: 'refusal',
  task: 'rebalance',
  rules: { sha256: '0'.repeat(64), version: '1' },
  choice: 'hold',
};

/** Decisions that count and name each other as they must, except where `change` says otherwise. */
function chainOf(count: number, change: (at: number) => Partial<Decision> = () => ({})): Uint8Array[] {
  let previous: string | null = null;
  return Array.from({ length: count }, (_, seq) => {
    const bytes = encodeDecision({ ...first, seq, previous, time: 1_000 + seq, ...change(seq) });
    previous = Buffer.from(entryHashOf(bytes)).toString('hex');
    return bytes;
  });
}

const check = (files: Files, more: Partial<CheckJournalParameters> = {}) =>
  checkJournal({ read: async (path) => files.get(path), vkey, ...more });
const codesOf = async (files: Files, more: Partial<CheckJournalParameters> = {}) =>
  (await check(files, more)).findings.map(({ code, index }) => `${code} ${index}`);

describe('trees of every shape', () => {
  const plain = (count: number) => Array.from({ length: count }, (_, at) => Buffer.from(`entry ${at}`));

  test.each([0, 1, 2, 255, 256, 257, 511, 512, 513, 1_000])('%i entries', async (count) => {
    const entries = plain(count);
    const read = treeOf(entries);
    const anchors: KnownHead[] = [0, 1, 2, 3, 7, 255, 256, 257, 300, 511, 512, 513, 777, 1_000]
      .filter((size) => size <= count)
      .map((size) => ({ size, root: treeRootOf(read, size), where: `block ${size}` }));
    const report = await check(filesOf(entries, read), { anchors, entries: 'any' });
    expect(report).toMatchObject({ isWhole: true, size: count, proven: count, findings: [] });
    expect(report.anchored?.size).toBe(anchors.at(-1)!.size);
  });

  test('three levels of tiles: a change in each is named, and nothing else', async () => {
    const entries = plain(65_536 + 256 + 3);
    const read = treeOf(entries);
    const files = filesOf(entries, read);
    expect([...files.keys()].filter((path) => /^tile\/[12]/.test(path))).toEqual([
      'tile/1/000',
      'tile/1/001.p/1',
      'tile/2/000.p/1',
    ]);
    const anchors = [
      { size: 65_537, root: treeRootOf(read, 65_537), where: 'block 1' },
      { size: 65_795, root: treeRootOf(read, 65_795), where: 'block 2' },
    ];
    for (const [path, at, code, index] of [
      ['tile/2/000.p/1', 5, 'tile-altered', 0],
      ['tile/1/000', 200 * 32, 'tile-altered', 200 * 256],
      ['tile/1/001.p/1', 9, 'tile-altered', 65_536],
      ['tile/0/256', 40, 'tile-altered', 65_537],
      ['tile/entries/000', 3, 'entries-altered', 0],
    ] as const) {
      const bytes = files.get(path)!.slice();
      bytes[at]! ^= 1;
      const report = await check(new Map(files).set(path, bytes), { anchors, entries: 'any' });
      expect(report.findings).toMatchObject([{ code, path, index }]);
      expect(report.anchored?.size).toBe(65_795);
    }
  }, 120_000);
});

describe('what the decisions say of each other', () => {
  test('counted and named, across bundles', async () => {
    expect(await codesOf(filesOf(chainOf(300)))).toEqual([]);
  });

  test('a decision that was left out, or put in twice, before the head was signed', async () => {
    const chain = chainOf(12);
    const without = [...chain.slice(0, 5), ...chain.slice(6)];
    expect(await codesOf(filesOf(without))).toEqual(['sequence-broken 5', 'previous-broken 5']);
    const twice = [...chain.slice(0, 5), ...chain.slice(4)];
    expect(await codesOf(filesOf(twice))).toEqual(['sequence-broken 5', 'previous-broken 5']);
    expect(await codesOf(filesOf(chain.slice(1)))).toEqual(['sequence-broken 0', 'previous-broken 0']);
  });

  test('no decision, another agent, a clock set back', async () => {
    const chain = chainOf(9);
    chain[4] = Buffer.from('{}');
    expect(await codesOf(filesOf(chain))).toEqual(['decision-malformed 4']);
    const agent = 'eip155:31338:0x00000000000000000000000000000000000000bb';
    const other = await check(filesOf(chainOf(9, (at) => (at === 3 ? { agent, time: 5 } : {}))));
    expect(other.findings).toMatchObject([
      { code: 'agent-changed', severity: 'warning', index: 3 },
      { code: 'time-backwards', severity: 'warning', index: 3, got: '5', expected: 'at least 1002' },
      { code: 'agent-changed', severity: 'warning', index: 4 },
    ]);
    expect(other.isWhole).toBe(true);
    expect(await codesOf(filesOf(chain), { entries: 'any' })).toEqual([]);
  });
});

describe('heads known from elsewhere', () => {
  test('another root, and more entries than there are', async () => {
    const entries = chainOf(300);
    const read = treeOf(entries);
    const rewritten = chainOf(300, (at) => (at === 40 ? { choice: 'buy' } : {}));
    const anchors = [30, 260, 310].map((size) => ({
      size,
      root: treeRootOf(read, Math.min(size, 300)),
      where: `block ${size}`,
    }));
    const report = await check(filesOf(rewritten), { anchors });
    expect(report.findings).toMatchObject([
      { code: 'anchor-ahead', index: 300, got: '300 entries', expected: 'at least 310' },
      { code: 'anchor-mismatch', index: 259, what: expect.stringContaining('block 260') },
    ]);
    expect(report.anchored?.size).toBe(30);
  });

  test('an entry whose bundle is gone does not hide a mismatch', async () => {
    const entries = chainOf(600);
    const files = filesOf(entries);
    files.delete('tile/entries/000');
    const anchors = [{ size: 500, root: new Uint8Array(32), where: 'block 9' }];
    expect(await codesOf(files, { anchors })).toEqual(['file-missing 0', 'anchor-mismatch 499']);
  });
});

describe('a hostile head', () => {
  const headOf = (size: number, root = new Uint8Array(32)) =>
    Buffer.from(signCheckpoint({ origin, size, root }, secret));

  test('signed over entries that nobody has', async () => {
    const files = filesOf(chainOf(10));
    files.set('checkpoint', headOf(2 ** 53 - 1));
    let reads = 0;
    const read = async (path: string) => {
      reads += 1;
      return files.get(path);
    };
    const report = await checkJournal({ read, vkey });
    expect(report.isWhole).toBe(false);
    expect(report.findings[0]).toMatchObject({ code: 'file-missing' });
    expect(report.findings.at(-1)).toMatchObject({ code: 'stopped' });
    expect(reads).toBeLessThan(10_000);
  });

  test('signed over another root', async () => {
    const files = filesOf(chainOf(300));
    files.set('checkpoint', headOf(300));
    const report = await check(files);
    expect(report.findings).toMatchObject([{ code: 'root-mismatch', path: 'checkpoint' }]);
    expect(report.proven).toBe(0);
    files.set('checkpoint', headOf(0));
    expect((await check(files)).findings).toMatchObject([{ code: 'root-mismatch', path: 'checkpoint' }]);
  });

  test('entries and tile altered together, without the key', async () => {
    const entries = chainOf(600);
    const files = filesOf(entries);
    const forged = entries.with(5, encodeDecision({ ...first, seq: 5, choice: 'buy', time: 1_005 }));
    for (const path of ['tile/entries/000', 'tile/0/000']) files.set(path, filesOf(forged).get(path)!);
    const report = await check(files);
    expect(report.findings.map(({ code, path }) => `${code} ${path}`)).toEqual(
      expect.arrayContaining(['tile-altered tile/0/000', 'entries-altered tile/entries/000']),
    );
    expect(report.proven).toBe(600 - 256);
  });

  test('files that are not there end in a report, a network that is down in its own error', async () => {
    const files = filesOf(chainOf(600));
    for (const path of [...files.keys()]) if (path !== 'checkpoint') files.delete(path);
    expect(new Set((await check(files)).findings.map(({ code }) => code))).toEqual(
      new Set(['file-missing', 'root-mismatch']),
    );
    const down = async (path: string) => {
      if (path.startsWith('tile/entries')) throw new Error('the network is down');
      return filesOf(chainOf(600)).get(path);
    };
    await expect(checkJournal({ read: down, vkey })).rejects.toThrow('the network is down');
    await expect(checkJournal({ read: down, vkey: 'nonsense' })).rejects.toThrow('base64');
  });
});
