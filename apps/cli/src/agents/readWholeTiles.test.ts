import { encodeBundle } from '@lichen/protocol';
import { expect, test } from 'vitest';
import { readWholeTiles } from './readWholeTiles.ts';

const entries = Array.from({ length: 256 }, (_, at) => Uint8Array.of(at, at));
const files = new Map([
  ['tile/entries/x001/000', encodeBundle(entries)],
  ['tile/0/000', Uint8Array.from({ length: 256 * 32 }, (_, at) => at >> 5)],
  ['tile/0/001.p/3', Uint8Array.of(1)],
]);
const read = readWholeTiles(async (path) => files.get(path));

test('takes a partial tile from the whole one that took its place', async () => {
  expect(await read('tile/entries/x001/000.p/3')).toEqual(encodeBundle(entries.slice(0, 3)));
  expect(await read('tile/0/000.p/2')).toEqual(files.get('tile/0/000')!.subarray(0, 64));
});

test('leaves alone what is there, and what is nowhere', async () => {
  expect(await read('tile/0/001.p/3')).toEqual(Uint8Array.of(1));
  expect(await read('tile/0/000')).toBe(files.get('tile/0/000'));
  for (const path of ['tile/0/002.p/3', 'tile/0/002', 'checkpoint', 'blob/ab']) {
    expect(await read(path)).toBeUndefined();
  }
});
