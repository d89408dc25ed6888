import type { MarketBar } from '@lichen/protocol';
import { describe, expect, test } from 'vitest';
import { createBarFeed } from './createBarFeed.ts';

const bars: readonly MarketBar[] = Array.from({ length: 20 }, (_, at) => {
  const price = 1_000_000_000 + at * 1_000_000;
  return [
    `2001-01-${String(at + 1).padStart(2, '0')}`,
    ...[price, price + 5, price - 5, price + 1].map(String),
  ] as unknown as MarketBar;
});

/** The record, writing down which fields of which days were read. */
function watched(): {
  readonly record: { length: number; [index: number]: MarketBar };
  readonly read: Set<string>;
} {
  const read = new Set<string>();
  const rows = bars.map(
    (bar, row) =>
      new Proxy(bar, {
        get: (target, field, receiver) => {
          if (typeof field === 'string' && /^\d$/.test(field)) read.add(`${row}.${field}`);
          return Reflect.get(target, field, receiver) as unknown;
        },
      }),
  );
  return { record: rows, read };
}

describe('a feed of bars', () => {
  test('has read nothing of a day before it opens, and its date and open only before it closes', () => {
    const { record, read } = watched();
    const feed = createBarFeed(record, { from: 5, to: 12 }, 4);
    const daysRead = () => [...new Set([...read].map((key) => Number(key.split('.')[0])))];
    for (let day = feed.open(); day !== undefined; day = feed.open()) {
      const now = day.index;
      expect(day.bars.map(([date]) => date)).toEqual(bars.slice(now - 4, now).map(([date]) => date));
      expect(day.bars.flat().length).toBe(20);
      expect(Math.max(...daysRead())).toBe(now);
      expect([...read].filter((key) => key.startsWith(`${now}.`)).sort()).toEqual([`${now}.0`, `${now}.1`]);
      expect(feed.close()).toEqual(bars[now]);
    }
    expect(Math.max(...daysRead())).toBe(11);
  });

  test('opens and closes in turn', () => {
    const feed = createBarFeed(bars, { from: 0, to: 2 }, 3);
    expect(() => feed.close()).toThrow('closed now');
    expect(feed.open()!.bars).toEqual([]);
    expect(() => feed.open()).toThrow('opened now');
    feed.close();
    expect(() => feed.close()).toThrow('closed now');
    expect(feed.open()!.index).toBe(1);
    feed.close();
    expect(feed.open()).toBeUndefined();
    expect(() => createBarFeed(bars, { from: 3, to: 21 }, 3)).toThrow('no such days');
  });

  test('what it has handed out does not change when days pass', () => {
    const feed = createBarFeed(bars, { from: 4, to: 8 }, 4);
    const first = feed.open()!;
    const before = JSON.stringify(first);
    feed.close();
    feed.open();
    feed.close();
    expect(JSON.stringify(first)).toBe(before);
  });
});
