import { fc, test as property } from '@fast-check/vitest';
import { encodeBundle } from '@lichen/protocol';
import { describe, expect, test } from 'vitest';
import { createRecentEntries } from './recentEntries.ts';

const entryOf = (index: number, length = 3) => Uint8Array.from({ length }, (_, at) => (index * 7 + at) % 256);

describe('entries in memory', () => {
  property.prop([fc.array(fc.nat({ max: 9_000 }), { minLength: 1, maxLength: 700 }), fc.nat({ max: 3 })])(
    'are bundles as an encoder makes them, whatever their lengths',
    (lengths, start) => {
      const from = start * 256;
      const recent = createRecentEntries(from);
      const entries = lengths.map((length, at) => entryOf(at, length));
      for (const entry of entries) recent.add(entry);
      for (let first = 0; first < entries.length; first += 256) {
        const part = entries.slice(first, first + 256);
        expect(Buffer.from(recent.bundle((from + first) / 256, part.length))).toEqual(
          Buffer.from(encodeBundle(part)),
        );
      }
      const [some, last] = [Math.floor(entries.length / 2), entries.length - 1];
      for (const at of [0, some, last]) expect(recent.entry(from + at)).toEqual(entries[at]);
    },
  );

  test('of the longest kind fit, and an empty one too', () => {
    const recent = createRecentEntries(0);
    const entries = Array.from({ length: 256 }, (_, at) => new Uint8Array(at === 9 ? 0 : 65_535).fill(at));
    for (const entry of entries) recent.add(entry);
    expect(recent.entry(9)).toHaveLength(0);
    expect(Buffer.compare(recent.entry(255), entries[255]!)).toBe(0);
    expect(recent.bundle(0, 256)).toHaveLength(255 * 65_537 + 2);
  });

  test('that were given out stay when their memory is used again', () => {
    const recent = createRecentEntries(256);
    for (let at = 0; at < 256; at += 1) recent.add(entryOf(at));
    const kept = recent.entry(300);
    recent.dropBefore(512);
    expect(recent.from()).toBe(512);
    for (let at = 0; at < 256; at += 1) recent.add(entryOf(at, 9));
    expect(kept).toEqual(entryOf(44));
    expect(recent.entry(512)).toEqual(entryOf(0, 9));
  });

  test('before the first and behind the last are not there', () => {
    const recent = createRecentEntries(256);
    recent.add(entryOf(0));
    for (const index of [0, 255, 257, 512]) {
      expect(() => recent.entry(index)).toThrow(expect.objectContaining({ code: 'not-found' }));
    }
    expect(() => recent.bundle(1, 2)).toThrow(expect.objectContaining({ code: 'not-found' }));
  });
});
