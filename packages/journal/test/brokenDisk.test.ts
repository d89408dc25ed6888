import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type CheckJournalParameters, checkJournal, isLichenError } from '@lichen/protocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { mountSmallDisk } from '../../../applications/flight-cover/test/support/smallDisk.ts';
import { type Journal, type JournalInit, openDecisionLog, openJournal } from '../src/index.ts';
import { agent, draft, flipped, origin, readFiles, secretKey, vkey } from './support/sampleJournal.ts';

let folder: string;
let open: { close(): Promise<void> }[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lichen-broken-'));
  open = [];
});
afterEach(async () => {
  for (const part of open) await part.close().catch(() => undefined);
  rmSync(folder, { recursive: true });
});

async function start(at = folder, more: Partial<JournalInit> = {}): Promise<Journal> {
  const journal = await openJournal({ folder: at, origin, secretKey, checkpointEveryMs: 0, ...more });
  open.push(journal);
  return journal;
}
async function fill(journal: Journal, count: number, word = 'entry'): Promise<void> {
  const first = journal.size();
  await Promise.all(
    Array.from({ length: count }, (_, at) => journal.append(Buffer.from(`${word} ${first + at}`))),
  );
}
async function codeOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return isLichenError(error) ? error.code : String(error);
}
/** The files alone: nobody witnessed these heads. */
const check = (at = folder, more: Partial<CheckJournalParameters> = {}) =>
  checkJournal({ read: async (path) => readFiles(at).get(path), vkey, entries: 'any', ...more });

test('a tail that is torn at any byte: what was whole is there, what was signed is never given up', async () => {
  const journal = await start();
  await fill(journal, 3);
  await journal.checkpoint();
  const tail = join('tail', '0000000000000000.log');
  const signedBytes = readFileSync(join(folder, tail)).length;
  const ends: number[] = [];
  for (let at = 0; at < 3; at += 1) {
    await fill(journal, 1);
    ends.push(readFileSync(join(folder, tail)).length);
  }
  const copy = join(folder, 'copy');
  for (let bytes = 0; bytes <= ends[2]!; bytes += 1) {
    rmSync(copy, { recursive: true, force: true });
    for (const part of ['log', 'tail']) cpSync(join(folder, part), join(copy, part), { recursive: true });
    truncateSync(join(copy, tail), bytes);
    if (bytes < signedBytes) {
      expect(await codeOf(start(copy)), `cut to ${bytes}`).toBe('state-damaged');
      continue;
    }
    const again = await start(copy);
    const whole = 3 + ends.filter((end) => end <= bytes).length;
    expect(again.size(), `cut to ${bytes}`).toBe(whole);
    await again.append(Buffer.from('and on'));
    await again.close();
    expect((await check(copy)).findings).toEqual([]);
  }
});

describe('public files that a power cut took', () => {
  test('are made again from the tail before anything else', async () => {
    const journal = await start();
    await fill(journal, 300);
    await journal.close();
    const whole = readFiles(folder);
    for (const [path, bytes] of whole) {
      if (path === 'checkpoint') continue;
      for (const left of [undefined, new Uint8Array(0), new Uint8Array(bytes.length)]) {
        if (left === undefined) rmSync(join(folder, 'log', path));
        else writeFileSync(join(folder, 'log', path), left);
        const again = await start();
        await expect.poll(async () => (await check()).findings.map(({ code }) => code)).toEqual([]);
        await again.close();
        expect(readFiles(folder)).toEqual(whole);
      }
    }
  });

  test('an older entry that is not the one that was hashed is not handed out', async () => {
    const journal = await start(folder, { segmentEntries: 256 });
    await fill(journal, 800);
    await journal.close();
    await expect.poll(() => existsSync(join(folder, 'tail', '0000000000000000.log'))).toBe(false);
    const path = join(folder, 'log', 'tile', 'entries', '000');
    writeFileSync(path, flipped(readFileSync(path), 30));
    const again = await start(folder, { segmentEntries: 256 });
    expect(() => again.entry(1)).toThrow('not the one that was hashed');
    expect(Buffer.from(again.entry(700)).toString()).toBe('entry 700');
  });
});

describe('a second writer', () => {
  test('in another process is refused', { timeout: 60_000 }, async () => {
    await start();
    const code = `
      const { openJournal } = await import(${JSON.stringify(fileURLToPath(new URL('../src/index.ts', import.meta.url)))});
      await openJournal({ folder: process.argv[1], origin: 'lichen.test/sample', secretKey: new Uint8Array(32).fill(5) })
        .then(() => console.log('opened'), (error) => console.log(error.code));`;
    const child = spawnSync(process.execPath, ['--input-type=module', '-e', code, folder], {
      encoding: 'utf8',
    });
    expect(child.stdout.trim()).toBe('already-running');
  });

  test('on a copy of the folder cannot put its head in the place of the first one’s', async () => {
    const first = await start();
    await fill(first, 20);
    await first.checkpoint();
    // A copy has another name, hence another lock: it is written without asking.
    const copy = join(folder, 'copy');
    for (const part of ['log', 'tail']) cpSync(join(folder, part), join(copy, part), { recursive: true });
    const second = await start(copy);
    await fill(first, 5, 'of the first');
    await fill(second, 5, 'of the second');
    await first.checkpoint();
    const head = readFileSync(join(folder, 'log', 'checkpoint'), 'utf8');
    await second.close();
    // The copy is brought back over the original while the first still runs.
    cpSync(join(copy, 'log', 'checkpoint'), join(folder, 'log', 'checkpoint'));
    await fill(first, 1);
    expect(await codeOf(first.checkpoint())).toBe('state-damaged');
    expect(await codeOf(first.append(Buffer.from('more')))).toBe('state-damaged');
    expect(await codeOf(first.close())).not.toBe('');
    // The next start sees that head and entries are of two pasts, and touches neither.
    expect(await codeOf(start())).toBe('state-damaged');
    writeFileSync(join(folder, 'log', 'checkpoint'), head);
    expect((await start()).size()).toBe(26);
  });
});

describe('a full disk', () => {
  test.skipIf(process.platform !== 'linux')(
    'nothing signed, nothing lost, and on it goes',
    async (context) => {
      const disk = mountSmallDisk(4_096);
      if (disk === undefined) return context.skip();
      try {
        const at = join(disk.folder, 'journal');
        const log = await openDecisionLog({
          folder: at,
          origin,
          secretKey,
          agent,
          clock: () => 1_000,
          checkpointEveryMs: 0,
        });
        open.push(log);
        const recorded: string[] = [];
        for (let round = 0; round < 3; round += 1) {
          for (let step = 0; step < 20; step += 1) {
            log.keep(Buffer.from(`input ${round} ${step}`));
            recorded.push((await log.record(draft)).leafHash);
          }
          await log.journal.checkpoint();
          const head = readFileSync(join(at, 'log', 'checkpoint'), 'utf8');
          recorded.push((await log.record(draft)).leafHash);
          disk.fill();
          // A blob, a decision, a head: each is refused, and the head that was signed stays.
          expect(await codeOf(log.journal.checkpoint())).toBe('disk-full');
          const blob = log.keep(Buffer.from(`more than fits ${round}`.repeat(300)));
          expect(await codeOf(log.record(draft))).toBe('disk-full');
          expect(await codeOf(log.record({ ...draft, choice: 'x'.repeat(4_000) }))).toBe('disk-full');
          expect(readFileSync(join(at, 'log', 'checkpoint'), 'utf8')).toBe(head);
          disk.free();
          recorded.push((await log.record(draft)).leafHash);
          expect(log.blobs.get(blob)).toBeDefined();
        }
        await log.close();
        expect(readdirSync(join(at, 'log')).filter((name) => name.endsWith('.tmp'))).toEqual([]);
        const seen: string[] = [];
        const report = await check(at, {
          entries: 'decisions',
          onEntry: (_index, _entry, leafHash) => void seen.push(leafHash),
        });
        expect(report.findings).toEqual([]);
        expect(seen).toEqual(recorded);
      } finally {
        for (const part of open.splice(0)) await part.close().catch(() => undefined);
        disk.unmount();
      }
    },
  );
});
