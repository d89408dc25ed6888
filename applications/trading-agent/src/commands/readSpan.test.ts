import { describe, expect, test } from 'vitest';
import { openRecord } from '../feed/openRecord.ts';
import { limits } from '../rules/rules.js';
import { readFlags } from './readFlags.ts';
import { readSpan, spanWarning } from './readSpan.ts';

const { bars } = openRecord();
const spanOf = (...args: string[]) => {
  const { from, to } = readSpan(bars, readFlags(args, { text: ['from', 'to', 'days'], plain: [] }));
  return [bars[from]![0], bars[to - 1]![0], to - from];
};

describe('the days of a run', () => {
  test('are those that the model never saw, when nothing is said', () => {
    expect(spanOf()).toEqual(['2007-01-03', '2020-04-17', 3_346]);
  });

  test('are those that the flags name, both ends included', () => {
    expect(spanOf('--from', '2008-09-12', '--to', '2008-09-16')).toEqual(['2008-09-12', '2008-09-16', 3]);
    // Saturday and Sunday stand for the next trading day at the start, and for the one before at the end.
    expect(spanOf('--from', '2008-09-13', '--to', '2008-09-21')).toEqual(['2008-09-15', '2008-09-19', 5]);
    expect(spanOf('--from', '2008-09-12', '--days', '2')).toEqual(['2008-09-12', '2008-09-15', 2]);
    expect(spanOf('--from', '2020-04-16', '--days', '99')).toEqual(['2020-04-16', '2020-04-17', 2]);
  });

  test('begin when there is enough history', () => {
    expect(spanOf('--from', '2000-01-03', '--days', '1')).toEqual([
      bars[limits.bars]![0],
      bars[limits.bars]![0],
      1,
    ]);
  });

  test('are refused when there are none', () => {
    expect(() => spanOf('--from', '2021-01-01')).toThrow('no recorded day');
    expect(() => spanOf('--from', '2008-01-02', '--to', '2007-01-03')).toThrow('no recorded day');
    expect(() => spanOf('--from', 'yesterday')).toThrow('no day');
    expect(() => spanOf('--from', '2008-13-45')).toThrow('no day');
    expect(() => spanOf('--days', '0')).toThrow('not usable');
    expect(() => spanOf('--until', '2008-01-02')).toThrow('not how this command is used');
  });

  test('are warned of when the model was trained on them', () => {
    const at = (day: string) => ({ from: bars.findIndex(([date]) => date >= day), to: bars.length });
    expect(spanWarning(bars, at('2006-12-29'))).toContain('flatter');
    expect(spanWarning(bars, at('2007-01-03'))).toBe('');
  });
});
