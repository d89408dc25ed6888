import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  bundleOf,
  consistencyProofOf,
  decodeBundle,
  entryHashOf,
  isLichenError,
  journalKeyOf,
  newTilesOf,
  openCheckpoint,
  parseInclusionProof,
  readSubtrees,
  sameHash,
  signCheckpoint,
  tilePathOf,
  tileWidth,
  treeRootOf,
  verifyConsistency,
  verifyInclusion,
} from '@lichen/protocol';
import { afterEach, describe, expect, test } from 'vitest';
import { readTileFile } from './journalFolder.ts';
import { type Journal, type JournalInit, openJournal } from './openJournal.ts';

const origin = 'lichen.test/agent';
const secretKey = new Uint8Array(32).fill(7);
const key = journalKeyOf(origin, secretKey);
const bytesOf = (at: number) => Buffer.from(`decision ${at}`);

const folders: string[] = [];
const journals: Journal[] = [];
function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'lichen-journal-'));
  folders.push(folder);
  return folder;
}
afterEach(async () => {
  for (const journal of journals.splice(0)) await journal.close().catch(() => undefined);
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

async function start(folder: string, more: Partial<JournalInit> = {}): Promise<Journal> {
  const journal = await openJournal({
    folder,
    origin,
    secretKey,
    checkpointEveryMs: 0,
    segmentEntries: 512,
    ...more,
  });
  journals.push(journal);
  return journal;
}
async function fill(journal: Journal, count: number): Promise<void> {
  const first = journal.size();
  const added = await Promise.all(
    Array.from({ length: count }, (_, at) => journal.append(bytesOf(first + at))),
  );
  expect(added.map(({ index }) => index)).toEqual(Array.from({ length: count }, (_, at) => first + at));
}
async function codeOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return isLichenError(error) ? error.code : String(error);
}

/** What a reader with nothing but the public files finds. */
function readPublic(folder: string) {
  const log = join(folder, 'log');
  const head = openCheckpoint(readFileSync(join(log, 'checkpoint'), 'utf8'), key);
  const read = readSubtrees((id) => readTileFile(log, id), head.size);
  const entry = (index: number) =>
    decodeBundle(readTileFile(log, bundleOf(index, head.size)))[index % tileWidth]!;
  return { log, head, read, entry };
}

describe('what a reader finds', () => {
  for (const count of [1, 255, 256, 257, 1_300]) {
    test(`${count} entries: tiles, bundles, head and receipts agree`, async () => {
      const folder = newFolder();
      const journal = await start(folder);
      await fill(journal, count);
      await journal.checkpoint();
      const { log, head, read, entry } = readPublic(folder);
      expect(head.size).toBe(count);
      expect(sameHash(treeRootOf(read, count), head.root)).toBe(true);
      for (const id of newTilesOf(0, count)) {
        if (id.width === 256 || id.index === Math.floor(count / 256)) {
          expect(existsSync(join(log, tilePathOf(id)))).toBe(true);
        }
      }
      for (const index of new Set([0, 255, 256, 511, 512, count - 1].filter((at) => at < count))) {
        expect(Buffer.from(entry(index)).toString()).toBe(`decision ${index}`);
        expect(Buffer.from(journal.entry(index)).toString()).toBe(`decision ${index}`);
        const receipt = parseInclusionProof(await journal.receipt(index));
        const leaf = entryHashOf(bytesOf(index));
        expect(verifyInclusion(leaf, receipt.index, count, receipt.hashes, head.root)).toBe(true);
      }
      expect(() => journal.entry(count)).toThrow('not in the journal');
      expect(await codeOf(journal.receipt(count))).toBe('not-found');
    });
  }

  test('every head is a prefix of the next, across restarts and finished tail files', async () => {
    const folder = newFolder();
    let past: { size: number; root: Uint8Array } = { size: 0, root: new Uint8Array(0) };
    for (const more of [3, 254, 500, 900, 1]) {
      const journal = await start(folder);
      await fill(journal, more);
      await journal.close();
      const { head, read } = readPublic(folder);
      expect(head.size).toBe(past.size + more);
      if (past.size > 0) {
        const proof = consistencyProofOf(read, past.size, head.size);
        expect(verifyConsistency(past.size, head.size, proof, past.root, head.root)).toBe(true);
      }
      past = head;
    }
    // 1,658 entries in files of 512: only what is not in finished bundles is still in the tail.
    expect(existsSync(join(folder, 'tail', '0000000000000000.log'))).toBe(false);
    expect(existsSync(join(folder, 'tail', '0000000000001536.log'))).toBe(true);
    const journal = await start(folder);
    expect(Buffer.from(journal.entry(0)).toString()).toBe('decision 0');
  });
});

test('the platform’s signature is that of the portable code', async () => {
  const journal = await start(newFolder());
  await fill(journal, 3);
  const text = await journal.checkpoint();
  expect(text).toBe(signCheckpoint({ origin, size: 3, root: journal.rootAt(3) }, secretKey));
});

test('appends in the wake of others, whatever turn of the loop they come in', async () => {
  const journal = await start(newFolder());
  for (let round = 0; round < 20; round += 1) {
    await fill(journal, 40);
    await fill(journal, 1);
    await Promise.resolve();
    await fill(journal, 1);
  }
  expect(journal.size()).toBe(840);
});

test('entries that build on each other: behind one that is refused, none is written', async () => {
  const folder = newFolder();
  let mostBytes = Number.POSITIVE_INFINITY;
  const journal = await start(folder, {
    segmentEntries: 256,
    writeOptions: {
      write: (descriptor, bytes, offset, position) => {
        if (bytes.length > mostBytes) throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
        return writeSync(descriptor, bytes, offset, bytes.length - offset, position);
      },
    },
  });
  await fill(journal, 250);
  // Six go into the first file of the tail; the ten behind them are too many bytes at once.
  mostBytes = 200;
  const chained = journal.appendInOrder(Array.from({ length: 16 }, (_, at) => bytesOf(250 + at)));
  const alone = journal.append(bytesOf(0));
  const settled = await Promise.allSettled(chained);
  expect(settled.map(({ status }) => status === 'fulfilled')).toEqual(
    Array.from({ length: 16 }, (_, at) => at < 6),
  );
  await alone.catch(() => undefined);
  mostBytes = Number.POSITIVE_INFINITY;
  expect((await journal.append(bytesOf(1))).index).toBeLessThanOrEqual(257);
  expect(() => journal.appendInOrder([bytesOf(1), new Uint8Array(65_536)])).toThrow('too long');
});

describe('what goes wrong', () => {
  test('a process that dies before signing loses nothing that was acknowledged; a torn tail is cut', async () => {
    const folder = newFolder();
    const journal = await start(folder);
    await fill(journal, 300);
    await journal.checkpoint();
    await fill(journal, 40);
    const copy = newFolder();
    cpSync(folder, copy, { recursive: true });
    appendFileSync(join(copy, 'tail', '0000000000000000.log'), Buffer.from([0, 0, 0]));
    const again = await start(copy);
    expect(again.size()).toBe(340);
    await fill(again, 1);
    await again.checkpoint();
    expect(readPublic(copy).head.size).toBe(341);
  });

  test('two writers: the second is refused, and a foreign head stops the first', async () => {
    const folder = newFolder();
    const journal = await start(folder);
    expect(await codeOf(openJournal({ folder, origin, secretKey }))).toBe('already-running');
    await fill(journal, 2);
    await journal.checkpoint();
    const path = join(folder, 'log', 'checkpoint');
    const foreign = `${readFileSync(path, 'utf8')}\u2014 someone AAAAAAA=\n`;
    writeFileSync(path, foreign);
    await fill(journal, 1);
    expect(await codeOf(journal.checkpoint())).toBe('state-damaged');
    expect(readFileSync(path, 'utf8')).toBe(foreign);
    expect(await codeOf(journal.append(bytesOf(0)))).toBe('state-damaged');
  });

  test('entries behind a signed head that are gone or others are found at the start, and nothing is changed', async () => {
    const folder = newFolder();
    const journal = await start(folder);
    await fill(journal, 20);
    await journal.close();
    const tail = join(folder, 'tail', '0000000000000000.log');
    const whole = readFileSync(tail);
    writeFileSync(tail, whole.subarray(0, whole.length - 10));
    expect(await codeOf(start(folder))).toBe('state-damaged');
    const flipped = Buffer.from(whole);
    flipped[100]! ^= 1;
    writeFileSync(tail, flipped);
    expect(await codeOf(start(folder))).toBe('state-damaged');
    rmSync(tail);
    expect(await codeOf(start(folder))).toBe('state-damaged');
    writeFileSync(tail, whole);
    const mended = await start(folder);
    expect(mended.size()).toBe(20);
    await mended.close();
    // Another key cannot go on where this one signed.
    expect(await codeOf(start(folder, { secretKey: new Uint8Array(32).fill(8) }))).toBe('bad-input');
  });

  test('a full disk: refused, nothing acknowledged is lost, and it goes on when there is room', async () => {
    const folder = newFolder();
    let isFull = false;
    const journal = await start(folder, {
      writeOptions: {
        write: (descriptor, bytes, offset, position) => {
          if (isFull) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
          return writeSync(descriptor, bytes, offset, bytes.length - offset, position);
        },
      },
    });
    await fill(journal, 10);
    isFull = true;
    expect(await codeOf(journal.append(bytesOf(10)))).toBe('disk-full');
    expect(journal.size()).toBe(10);
    isFull = false;
    await fill(journal, 5);
    await journal.close();
    expect(readPublic(folder).head.size).toBe(15);
  });

  test('an entry that is too long', async () => {
    const journal = await start(newFolder());
    expect(await codeOf(journal.append(new Uint8Array(65_536)))).toBe('bad-input');
    await journal.append(new Uint8Array(65_535));
  });
});

test('a head is signed by itself soon after an append', async () => {
  const folder = newFolder();
  const journal = await start(folder, { checkpointEveryMs: 5 });
  await fill(journal, 3);
  await expect.poll(() => journal.head()?.size, { timeout: 30_000 }).toBe(3);
});
