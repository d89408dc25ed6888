import { expect, test } from 'vitest';
import { entryHashOf, nodeHashOf, type SubtreeReader, treeRootOf, verifyConsistency } from './merkleTree.ts';
import { proveConsistency } from './proveConsistency.ts';
import { newTilesOf, tilePathOf, tileWidth } from './tiles.ts';

const size = 700;
const leaves = Array.from({ length: size }, (_, at) => entryHashOf(Buffer.from(`entry ${at}`)));
const subtrees: SubtreeReader = (level, index) =>
  level === 0
    ? leaves[index]!
    : nodeHashOf(subtrees(level - 1, index * 2), subtrees(level - 1, index * 2 + 1));
const files = new Map(
  newTilesOf(0, size)
    .filter(({ level }) => level !== 'entries')
    .map((id) => [
      tilePathOf(id),
      new Uint8Array(
        Buffer.concat(
          Array.from({ length: id.width }, (_, at) =>
            subtrees(Number(id.level) * 8, id.index * tileWidth + at),
          ),
        ),
      ),
    ]),
);
const read = async (path: string) => files.get(path);

test('a reader makes the proof between any two heads out of the tiles', async () => {
  const sizes = [0, 1, 2, 255, 256, 257, 511, 512, 513, 699, 700];
  for (const from of sizes) {
    for (const to of sizes.filter((larger) => larger >= from)) {
      const hashes = await proveConsistency({ read, size, from, to });
      const [old, now] = [treeRootOf(subtrees, from), treeRootOf(subtrees, to)];
      expect(verifyConsistency(from, to, hashes, old, now), `${from} to ${to}`).toBe(true);
    }
  }
});

test('what is not there is named', async () => {
  await expect(proveConsistency({ read, size, from: 5, to: 701 })).rejects.toMatchObject({
    code: 'bad-input',
  });
  await expect(proveConsistency({ read, size, from: 7, to: 5 })).rejects.toMatchObject({ code: 'bad-input' });
  const without = async (path: string) => (path === 'tile/0/001' ? undefined : files.get(path));
  await expect(proveConsistency({ read: without, size, from: 300, to: 700 })).rejects.toMatchObject({
    code: 'not-found',
    got: 'nothing at tile/0/001',
  });
  const down = async () => {
    throw new Error('the network is down');
  };
  await expect(proveConsistency({ read: down, size, from: 300, to: 700 })).rejects.toThrow('is down');
});
