import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fc, test } from '@fast-check/vitest';
import { afterAll, expect } from 'vitest';
import { loadWorld, usualStart } from './world.ts';

const folder = mkdtempSync(join(tmpdir(), 'lichen-world-'));
let count = 0;
const freshPath = () => join(folder, `world-${count++}.json`);
afterAll(() => rmSync(folder, { recursive: true }));

const day = 86_400;
const first = Date.UTC(2013, 1, 1, 5) / 1000;
const last = Date.UTC(2013, 11, 31, 5) / 1000;

test.prop([fc.integer({ min: first, max: last - 1 })], { numRuns: 50 })(
  'the window is whole weeks of the record with the start in its first week',
  (from) => {
    const world = loadWorld(freshPath(), { from }, 1_800_000_000);
    expect(world.recordedEpoch).toBe(from);
    expect(world.recordedFrom).toBeLessThanOrEqual(from);
    expect(from - world.recordedFrom).toBeLessThan(7 * day);
    expect(world.recordedTo).toBeGreaterThan(from);
    expect(world.recordedTo).toBeLessThanOrEqual(last);
    expect((world.recordedTo - world.recordedFrom) % (7 * day)).toBe(0);
  },
);

test('a folder keeps its world, and refuses another', () => {
  const path = freshPath();
  const world = loadWorld(path, {}, 1_800_000_000);
  expect(world).toMatchObject({ recordedEpoch: usualStart, chainEpoch: 1_800_000_000, speed: 60 });
  expect(loadWorld(path, {}, 1_900_000_000)).toEqual(world);
  expect(loadWorld(path, { speed: 60, from: usualStart }, 1_900_000_000)).toEqual(world);
  expect(() => loadWorld(path, { speed: 61 }, 1_900_000_000)).toThrowError(
    expect.objectContaining({ code: 'bad-input' }),
  );
  expect(() => loadWorld(path, { from: usualStart + 60 }, 1_900_000_000)).toThrowError(
    expect.objectContaining({ code: 'bad-input' }),
  );
});

test.each([first - 1, last, 0])('a moment outside the record (%i) is refused', (from) => {
  expect(() => loadWorld(freshPath(), { from }, 1_800_000_000)).toThrowError(
    expect.objectContaining({ code: 'bad-input' }),
  );
});
