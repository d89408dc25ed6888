// Durable appends of decisions of about 2 KB, everything included: encoding, hashing, fsync,
// tiles, signed heads. Beside it, in the same run on the same disk: SQLite in WAL mode with synchronous = FULL, which
// keeps the same bytes and proves nothing.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openJournal } from '@lichen/journal';
import { type Decision, encodeDecision } from '@lichen/protocol';
import { printBar } from '../support/printBar.ts';
import { sampleDecision } from './sampleDecision.ts';

const count = 60_000;
const batch = 128;
const decisionOf = (at: number): Decision => ({
  ...sampleDecision(at),
  v: 1,
  agent: 'eip155:31338:0x00000000000000000000000000000000000000aa',
  seq: at,
  previous: null,
  time: 1_700_000_000_000 + at,
  zone: 'UTC',
});

/** Appends per second with `batch` decisions at a time, and the waits of single appends made meanwhile. */
async function measureJournal(folder: string) {
  const journal = await openJournal({
    folder,
    origin: 'lichen.test/bench',
    secretKey: new Uint8Array(32).fill(1),
  });
  const waits: number[] = [];
  let isOver = false;
  async function appendOneByOne(): Promise<void> {
    for (let at = 0; !isOver; at += 1) {
      const from = performance.now();
      await journal.append(encodeDecision(decisionOf(at)));
      waits.push(performance.now() - from);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
  const single = appendOneByOne();
  const started = performance.now();
  let sent = 0;
  async function work(): Promise<void> {
    while (sent < count) {
      const first = sent;
      sent += batch / 2;
      await Promise.all(
        Array.from({ length: batch / 2 }, (_, at) => journal.append(encodeDecision(decisionOf(first + at)))),
      );
    }
  }
  await Promise.all([work(), work()]);
  const seconds = (performance.now() - started) / 1_000;
  isOver = true;
  await single;
  await journal.close();
  waits.sort((a, b) => a - b);
  return {
    perSecond: sent / seconds,
    p99: waits[Math.floor(waits.length * 0.99)] ?? 0,
    singles: waits.length,
  };
}

function measureSqlite(folder: string): number {
  const database = new DatabaseSync(join(folder, 'rival.db'));
  database.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE log (id INTEGER PRIMARY KEY, bytes BLOB)',
  );
  const insert = database.prepare('INSERT INTO log (bytes) VALUES (?)');
  const started = performance.now();
  for (let at = 0; at < count; at += batch) {
    database.exec('BEGIN');
    for (let step = 0; step < batch; step += 1) insert.run(encodeDecision(decisionOf(at + step)));
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
  const sqlite = measureSqlite(folder);
  printBar({
    name: 'durable appends of decisions, batched',
    value: Math.round(journal.perSecond),
    unit: 'decisions/s',
    bar: '>= 20000',
    holds: journal.perSecond >= 20_000,
    decisionBytes: bytes,
    rival: { name: 'SQLite, WAL, synchronous FULL, same batches, no proof', perSecond: Math.round(sqlite) },
  });
  printBar({
    name: 'one awaited append under that load, p99',
    value: Number(journal.p99.toFixed(2)),
    unit: 'ms',
    bar: '<= 10',
    holds: journal.p99 <= 10,
    appends: journal.singles,
  });
} finally {
  rmSync(folder, { recursive: true });
}
