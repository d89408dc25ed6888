// Durable appends of decisions of about 2 KB, everything included: encoding, hashing, fsync,
// tiles, signed heads. Beside it, in the same run on the same disk: SQLite in WAL mode with synchronous = FULL, which
// keeps the same bytes and proves nothing; and the disk alone: the same bytes in the same portions, with fdatasync and nothing
// else, since no append can be done before its disk is.
import { closeSync, fdatasync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { openJournal } from '@lichen/journal';
import { type Decision, encodeDecision } from '@lichen/protocol';
import { printBar } from '../support/printBar.ts';
import { sampleDecision } from './sampleDecision.ts';

const count = 120_000;
/** Decisions before the measurement: code that is compiled, keys that are prepared. */
const warmUp = 10_000;
const batch = 128;
/** The load that the bar names, decisions a second; the same journal is measured as fast as it goes, too. */
const barLoad = 20_000;
/** Milliseconds between two single appends. */
const pauseMs = 1;
const decisionOf = (seq: number): Decision => ({
  ...sampleDecision(seq),
  v: 1,
  agent: 'eip155:31338:0x00000000000000000000000000000000000000aa',
  seq,
  previous: null,
  time: 1_700_000_000_000 + seq,
  zone: 'UTC',
});

const at = (waits: readonly number[], part: number) => waits[Math.floor(waits.length * part)] ?? 0;

/** Appends per second with `batch` decisions at a time, and the waits of single appends made meanwhile. */
async function measureJournal(folder: string) {
  const journal = await openJournal({
    folder,
    origin: 'lichen.test/bench',
    secretKey: new Uint8Array(32).fill(1),
  });
  async function load(decisions: number, perSecond = Number.POSITIVE_INFINITY) {
    const waits: number[] = [];
    let isOver = false;
    async function appendOneByOne(): Promise<void> {
      for (let made = 0; !isOver; made += 1) {
        const from = performance.now();
        await journal.append(encodeDecision(decisionOf(made)));
        waits.push(performance.now() - from);
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
    }
    const single = appendOneByOne();
    const started = performance.now();
    let sent = 0;
    async function work(): Promise<void> {
      while (sent < decisions) {
        const early = (sent / perSecond) * 1_000 - (performance.now() - started);
        if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
        const first = sent;
        sent += batch / 2;
        await Promise.all(
          Array.from({ length: batch / 2 }, (_, step) =>
            journal.append(encodeDecision(decisionOf(first + step))),
          ),
        );
      }
    }
    await Promise.all([work(), work()]);
    const seconds = (performance.now() - started) / 1_000;
    isOver = true;
    await single;
    waits.sort((a, b) => a - b);
    return { perSecond: sent / seconds, waits };
  }
  await load(warmUp);
  const atBar = await load(count / 2, barLoad);
  const fastest = await load(count);
  await journal.close();
  return { atBar, fastest };
}

/** Waits of `fdatasync` after each half batch of bytes, with the same pause that the journal's own work makes. */
async function measureDisk(folder: string, bytes: number): Promise<number[]> {
  const sync = promisify(fdatasync);
  const descriptor = openSync(join(folder, 'disk'), 'w');
  const portion = Buffer.alloc(bytes * (batch / 2), 1);
  const waits: number[] = [];
  for (let made = 0; made < 600; made += 1) {
    const from = performance.now();
    writeSync(descriptor, portion);
    await sync(descriptor);
    waits.push(performance.now() - from);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  closeSync(descriptor);
  return waits.sort((a, b) => a - b);
}

function measureSqlite(folder: string): number {
  const database = new DatabaseSync(join(folder, 'rival.db'));
  database.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE log (id INTEGER PRIMARY KEY, bytes BLOB)',
  );
  const insert = database.prepare('INSERT INTO log (bytes) VALUES (?)');
  const started = performance.now();
  for (let made = 0; made < count; made += batch) {
    database.exec('BEGIN');
    for (let step = 0; step < batch; step += 1) insert.run(encodeDecision(decisionOf(made + step)));
    database.exec('COMMIT');
  }
  const seconds = (performance.now() - started) / 1_000;
  database.close();
  return count / seconds;
}

// In the temporary folder when it is a disk; a RAM disk has no fsync to wait for.
const folder = mkdtempSync(join(process.env.LICHEN_BENCH_DIR ?? tmpdir(), 'lichen-bench-'));
try {
  const bytes = encodeDecision(decisionOf(1)).length;
  const journal = await measureJournal(join(folder, 'journal'));
  const disk = await measureDisk(folder, bytes);
  const sqlite = measureSqlite(folder);
  printBar({
    name: 'durable appends of decisions, batched',
    value: Math.round(journal.fastest.perSecond),
    unit: 'decisions/s',
    bar: '>= 20000',
    holds: journal.fastest.perSecond >= barLoad,
    decisionBytes: bytes,
    rival: { name: 'SQLite, WAL, synchronous FULL, same batches, no proof', perSecond: Math.round(sqlite) },
  });
  for (const { perSecond, waits } of [journal.atBar, journal.fastest]) {
    const p99 = at(waits, 0.99);
    printBar({
      name: `one awaited append beside ${Math.round(perSecond / 100) * 100} others a second, p99`,
      value: Number(p99.toFixed(2)),
      unit: 'ms',
      bar: '<= 10',
      holds: p99 <= 10,
      p50: Number(at(waits, 0.5).toFixed(2)),
      p90: Number(at(waits, 0.9).toFixed(2)),
      appends: waits.length,
      rival: {
        name: 'the disk alone: fdatasync of as many bytes, right after',
        p50: Number(at(disk, 0.5).toFixed(2)),
        p99: Number(at(disk, 0.99).toFixed(2)),
      },
    });
  }
} finally {
  rmSync(folder, { recursive: true });
}
