import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { loadMarketRecord } from './loadMarketRecord.ts';
import { createMarketDays, momentAfter, momentBefore } from './marketDays.ts';

const dataDir = join(import.meta.dirname, '../../../../applications/trading-agent/data');
const record = loadMarketRecord(dataDir);
const copies: string[] = [];
afterAll(() => {
  for (const copy of copies) rmSync(copy, { recursive: true });
});
function copyOf(): string {
  const copy = mkdtempSync(join(tmpdir(), 'lichen-prices-'));
  copies.push(copy);
  cpSync(dataDir, copy, { recursive: true });
  return copy;
}

describe('the price record', () => {
  test('is the source’s decimals in micro-dollars', () => {
    expect(record.market).toBe('SPX');
    expect(record.bars.length).toBe(5_105);
    expect(record.volumes.length).toBe(5_105);
    expect(record.bars[0]).toEqual(['2000-01-03', '1469250000', '1478000000', '1438359985', '1455219971']);
    expect(record.bars.at(-1)).toEqual([
      '2020-04-17',
      '2842429932',
      '2879219971',
      '2830879883',
      '2874560059',
    ]);
    expect([record.volumes[0], record.volumes.at(-1)]).toEqual([931_800_000, 5_792_140_000]);
    expect(record.bars[record.indexFrom('2008-09-15')]![4]).toBe('1192699951');
  });

  test('has what PROVENANCE.json says, day by day', () => {
    const provenance = JSON.parse(readFileSync(join(dataDir, 'PROVENANCE.json'), 'utf8')) as {
      days: number;
      daysOfYear: Record<string, number>;
      opensAtPreviousClose: Record<string, number>;
      files: { contentSha256: string }[];
    };
    const daysOfYear: Record<string, number> = {};
    const stale: Record<string, number> = {};
    record.bars.forEach(([day, open, high, low, close], at) => {
      const year = day.slice(0, 4);
      daysOfYear[year] = (daysOfYear[year] ?? 0) + 1;
      const prices = [open, close].map(Number);
      expect(Math.min(...prices)).toBeGreaterThanOrEqual(Number(low));
      expect(Math.max(...prices)).toBeLessThanOrEqual(Number(high));
      expect([0, 6]).not.toContain(new Date(`${day}T00:00:00Z`).getUTCDay());
      if (at > 0) expect(day > record.bars[at - 1]![0]).toBe(true);
      if (open === record.bars[at - 1]?.[4]) stale[year] = (stale[year] ?? 0) + 1;
    });
    expect(daysOfYear).toEqual(provenance.daysOfYear);
    expect(stale).toEqual(provenance.opensAtPreviousClose);
    const content = gunzipSync(readFileSync(join(dataDir, 'prices.columns.gz')));
    expect(createHash('sha256').update(content).digest('hex')).toBe(provenance.files[0]!.contentSha256);
  });

  test('that was touched, or is not there, is refused', () => {
    const copy = copyOf();
    const file = join(copy, 'prices.columns.gz');
    const bytes = readFileSync(file);
    bytes[5_000]! ^= 1;
    writeFileSync(file, bytes);
    expect(() => loadMarketRecord(copy)).toThrow('The price record is damaged');
    rmSync(file);
    expect(() => loadMarketRecord(copy)).toThrow('The price record lacks prices.columns.gz.');
    expect(() => loadMarketRecord('/nowhere')).toThrow(expect.objectContaining({ code: 'not-found' }));
    expect(() => record.indexFrom('2020-04-18')).toThrow(expect.objectContaining({ code: 'bad-input' }));
  });
});

describe('the days of a market', () => {
  const first = record.indexFrom('2007-10-01');
  const days = createMarketDays(record, first);

  test('follow one another, and begin again after the last with the number of the day going on', () => {
    let moment = { index: first, phase: 'open' } as Parameters<typeof momentAfter>[0];
    const length = record.bars.length - first;
    for (let step = 0; step < length * 4 + 6; step += 1) {
      const body = days.bodyAt(moment, 5);
      const row = first + (Math.floor(step / 2) % length);
      const end = step % 2 === 0 ? row : row + 1;
      expect(body.index).toBe(first + Math.floor(step / 2));
      expect(body.day).toBe(record.bars[row]![0]);
      expect(body.bars).toEqual(record.bars.slice(end - 5, end));
      expect(days.lapOf(moment.index)).toBe(Math.floor(step / 2 / length));
      expect(String(days.priceAt(moment))).toBe(record.bars[row]![step % 2 === 0 ? 1 : 4]);
      const after = momentAfter(moment);
      expect(momentBefore(first, after)).toEqual(moment);
      moment = after;
    }
    expect(momentBefore(first, { index: first, phase: 'open' })).toBeUndefined();
  });

  test('have no bar before the record begins', () => {
    expect(createMarketDays(record, 0).bodyAt({ index: 0, phase: 'open' }, 500).bars).toEqual([]);
    expect(createMarketDays(record, 3).bodyAt({ index: 3, phase: 'open' }, 500).bars.length).toBe(3);
    expect(days.bodyAt({ index: first, phase: 'close' }, 0).bars).toEqual([]);
    expect(() => createMarketDays(record, record.bars.length)).toThrow(
      expect.objectContaining({ code: 'bad-input' }),
    );
  });
});
