import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readJournalFolder } from '@lichen/journal';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { backtestDays } from '../backtest/backtestDays.ts';
import { openRecord } from '../feed/openRecord.ts';
import { summarize } from '../metrics/summarize.ts';
import { createMadePool, type MadePool } from '../venue/createMadePool.ts';
import { checkRun, type RunCheck } from './checkRun.ts';
import { compareFigures } from './compareFigures.ts';

const root = mkdtempSync(join(tmpdir(), 'lichen-run-'));
const { bars, uri, market } = openRecord();
// The agent goes from cash into the index within these days.
const from = bars.findIndex(([day]) => day === '2009-06-01');
const span = { from, to: from + 45 };
const cash = 10_000_000_000n;

async function run(name: string, more: { pool?: MadePool; record?: typeof bars } = {}) {
  const folder = join(root, name);
  const init = { record: more.record ?? bars, recordUri: uri, market, span, cash, folder };
  const { ledger, log } = await backtestDays({
    ...init,
    ...(more.pool === undefined ? {} : { pool: more.pool }),
  });
  return { folder, ledger, vkey: log.vkey, journal: join(folder, 'journal') };
}

const check = (
  { journal, vkey }: { journal: string; vkey: string },
  replay: number | 'all' = 0,
): Promise<RunCheck> =>
  checkRun({ read: readJournalFolder(journal), vkey, record: bars, replay, isAlone: true });
const codes = ({ findings }: RunCheck) => [...new Set(findings.map(({ code }) => code))].sort();

let honest: Awaited<ReturnType<typeof run>>;
beforeAll(async () => {
  honest = await run('honest');
});
afterAll(() => rmSync(root, { recursive: true }));

/** Changes one file of the honest journal, checks, and puts it back. */
async function altered(path: string, change: (bytes: Buffer) => Buffer): Promise<RunCheck> {
  const file = join(honest.journal, path);
  const bytes = readFileSync(file);
  writeFileSync(file, change(Buffer.from(bytes)));
  try {
    return await check(honest);
  } finally {
    writeFileSync(file, bytes);
  }
}
const flip = (at: number) => (bytes: Buffer) => {
  bytes[at]! ^= 1;
  return bytes;
};
const replaced = (from_: string, to: string) => (bytes: Buffer) => {
  const text = bytes.toString('latin1');
  expect(text).toContain(from_);
  return Buffer.from(text.replace(from_, to), 'latin1');
};

describe('a run that is checked from its journal', () => {
  test('comes out again, figure by figure, every decision in grade A', async () => {
    const report = await check(honest, 'all');
    expect(report.findings).toEqual([]);
    expect(report.replayed).toEqual({ asked: 45, gradeA: 45 });
    expect(honest.ledger.fills.length).toBeGreaterThan(1);
    expect(compareFigures(summarize(honest.ledger), report.summary)).toEqual([]);
    expect(report.ledger.points).toEqual(honest.ledger.points);
  });

  test('a figure that was touched up is named', async () => {
    const { summary } = await check(honest);
    const claimed = { ...summary, hold: { ...summary?.hold, finalBalance: 1 }, sharpe: 3 };
    expect(compareFigures(claimed, summary).map(({ figure }) => figure)).toEqual([
      'sharpe',
      'hold.finalBalance',
    ]);
  });

  test('any byte of a decision that was altered is found', async () => {
    const tiles = readdirSync(join(honest.journal, 'log/tile/entries/000.p'));
    const path = `log/tile/entries/000.p/${tiles.at(-1)}`;
    const { length } = readFileSync(join(honest.journal, path));
    for (let at = 3; at < length; at += Math.floor(length / 40)) {
      expect((await altered(path, flip(at))).findings.length, `byte ${at}`).toBeGreaterThan(0);
    }
    // A better word for a trade, of the same length.
    expect(codes(await altered(path, replaced('hold:', 'gold:')))).toContain('entries-altered');
  });

  test('an input that was altered or deleted is found', async () => {
    const portfolio = honest.ledger.points[20]!;
    const entry = [...readdirSync(join(honest.journal, 'blobs'))].flatMap((prefix) =>
      readdirSync(join(honest.journal, 'blobs', prefix)).map((name) => `blobs/${prefix}/${name}`),
    );
    const path = entry.find((name) =>
      readFileSync(join(honest.journal, name), 'utf8').includes(`"cash":"${portfolio.cash}"`),
    )!;
    expect(codes(await altered(path, replaced('"cash":"', '"cash":"9')))).toContain('blob-missing');
  });

  test('a head by another key is found', async () => {
    const other = await run('other');
    const report = await check({ journal: honest.journal, vkey: other.vkey });
    expect(codes(report)).toContain('checkpoint-unsigned');
  });
});

describe('a run that was dishonest while it ran', () => {
  test('with orders filled better than the pool fills them', async () => {
    const pool = createMadePool();
    const generous: MadePool = { ...pool, swap: (side, amountIn) => pool.swap(side, amountIn) + 1n };
    const report = await check(await run('generous', { pool: generous }));
    expect(codes(report)).toEqual(['fill-differs']);
  });

  test('with money that came from nowhere', async () => {
    const pool = createMadePool();
    let isPaid = false;
    // Holdings are what the venue says; a venue that pays twice shows it at the next look.
    const swap: MadePool['swap'] = (side, amountIn) => {
      const out = pool.swap(side, amountIn);
      if (isPaid) return out;
      isPaid = true;
      return out * 2n;
    };
    expect(codes(await check(await run('paid-twice', { pool: { ...pool, swap } })))).toContain(
      'fill-differs',
    );
  });

  test('with prices that the record does not have', async () => {
    const record = bars.with(from + 10, [
      bars[from + 10]![0],
      '900000000',
      '990000000',
      '890000000',
      '980000000',
    ]);
    expect(codes(await check(await run('other-prices', { record })))).toEqual(['statement-differs']);
  });
});
