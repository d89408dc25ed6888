import { fc, test as property } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { entryHashOf, inclusionProofOf, nodeHashOf, treeRootOf, verifyInclusion } from './merkleTree.ts';
import {
  bundleOf,
  decodeBundle,
  encodeBundle,
  newTilesOf,
  readSubtrees,
  type TileId,
  tilePathOf,
  tileWidth,
} from './tiles.ts';

test('paths as the specification shows them', () => {
  expect(tilePathOf({ level: 0, index: 1_234_067, width: 256 })).toBe('tile/0/x001/x234/067');
  expect(tilePathOf({ level: 'entries', index: 0, width: 12 })).toBe('tile/entries/000.p/12');
  expect(tilePathOf({ level: 2, index: 1_000, width: 1 })).toBe('tile/2/x001/000.p/1');
});

test('the tiles of 70,000 and of 256 leaves', () => {
  const count = (size: number, level: TileId['level'], isFull: boolean) =>
    newTilesOf(0, size).filter((tile) => tile.level === level && (tile.width === tileWidth) === isFull);
  expect(count(70_000, 0, true)).toHaveLength(273);
  expect(count(70_000, 0, false)).toEqual([{ level: 0, index: 273, width: 112 }]);
  expect(count(70_000, 1, true)).toHaveLength(1);
  expect(count(70_000, 1, false)).toEqual([{ level: 1, index: 1, width: 17 }]);
  expect(count(70_000, 2, false)).toEqual([{ level: 2, index: 0, width: 1 }]);
  expect(newTilesOf(0, 256)).toEqual([
    { level: 'entries', index: 0, width: 256 },
    { level: 0, index: 0, width: 256 },
    { level: 1, index: 0, width: 1 },
  ]);
  expect(newTilesOf(0, 0)).toEqual([]);
  expect(bundleOf(255, 300)).toEqual({ level: 'entries', index: 0, width: 256 });
  expect(bundleOf(256, 300)).toEqual({ level: 'entries', index: 1, width: 44 });
});

/** Tiles as a writer makes them, in memory. */
function tilesOf(leaves: readonly Uint8Array[]): Map<string, Uint8Array> {
  const tiles = new Map<string, Uint8Array>();
  let nodes = [...leaves];
  for (let level = 0; nodes.length > 0; level += 1) {
    for (let at = 0; at < nodes.length; at += tileWidth) {
      const part = nodes.slice(at, at + tileWidth);
      tiles.set(tilePathOf({ level, index: at / tileWidth, width: part.length }), Buffer.concat(part));
    }
    for (let step = 0; step < 8; step += 1) {
      const pairs = Math.floor(nodes.length / 2);
      nodes = Array.from({ length: pairs }, (_, at) => nodeHashOf(nodes[at * 2]!, nodes[at * 2 + 1]!));
    }
  }
  return tiles;
}

test('proofs out of tiles', () => {
  const leaves = Array.from({ length: 70_000 }, (_, at) => entryHashOf(Buffer.from(String(at))));
  const tiles = tilesOf(leaves);
  expect([...tiles.keys()].sort()).toEqual(
    newTilesOf(0, leaves.length)
      .filter(({ level }) => level !== 'entries')
      .map(tilePathOf)
      .sort(),
  );
  const read = readSubtrees((id) => tiles.get(tilePathOf(id))!, leaves.length);
  const root = treeRootOf(read, leaves.length);
  for (const index of [0, 255, 256, 65_535, 65_536, 69_887, 69_888, 69_999]) {
    const proof = inclusionProofOf(read, index, leaves.length);
    expect(verifyInclusion(leaves[index]!, index, leaves.length, proof, root)).toBe(true);
  }
  const short = readSubtrees((id) => tiles.get(tilePathOf(id))!.subarray(0, 31), leaves.length);
  expect(() => treeRootOf(short, leaves.length)).toThrow('too short');
});

property.prop([fc.nat(2_000), fc.nat(2_000)])('new tiles and old tiles are all tiles', (a, b) => {
  const [oldSize, size] = [Math.min(a, b), Math.max(a, b)];
  const paths = new Set([...newTilesOf(0, oldSize), ...newTilesOf(oldSize, size)].map(tilePathOf));
  for (const tile of newTilesOf(0, size)) expect(paths.has(tilePathOf(tile))).toBe(true);
});

property.prop([fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 20 }), fc.nat()])(
  'bundles',
  (entries, cut) => {
    const bundle = encodeBundle(entries);
    expect(decodeBundle(bundle).map((entry) => [...entry])).toEqual(entries.map((entry) => [...entry]));
    if (bundle.length === 0) return;
    const part = bundle.subarray(0, cut % bundle.length);
    try {
      // What is cut off between two entries is a shorter bundle; inside one it is an error.
      expect(decodeBundle(part).length).toBeLessThan(entries.length);
    } catch (error) {
      expect(String(error)).toContain('ends inside an entry');
    }
  },
);

test('an entry of more than 65,535 bytes', () => {
  expect(() => encodeBundle([new Uint8Array(65_536)])).toThrow('too long');
  expect(decodeBundle(encodeBundle([new Uint8Array(65_535)]))).toHaveLength(1);
});
