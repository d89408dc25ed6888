import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keccak256 } from 'viem';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openEvidenceStore } from './evidenceStore.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lichen-evidence-'));
});
afterEach(() => rm(folder, { recursive: true }));

const bytes = (text: string) => new TextEncoder().encode(text);

test('keeps bytes under their hash, once, and across restarts', async () => {
  const store = await openEvidenceStore(folder);
  const hash = await store.put(bytes('body'));
  expect(hash).toBe(keccak256(bytes('body')));
  expect(await store.put(bytes('body'))).toBe(hash);
  expect(await readdir(folder)).toEqual([hash]);
  const again = await openEvidenceStore(folder);
  expect(await again.get(hash)).toEqual(Buffer.from('body'));
});

test('lets the oldest go beyond its capacity', async () => {
  const store = await openEvidenceStore(folder, 2);
  const [first, second, third] = [
    await store.put(bytes('1')),
    await store.put(bytes('2')),
    await store.put(bytes('3')),
  ];
  expect(await store.get(first!)).toBeUndefined();
  expect(await store.get(second!)).toBeDefined();
  expect(await store.get(third!)).toBeDefined();
});

test('never hands out bytes that are not those of the hash, nor a path outside', async () => {
  const store = await openEvidenceStore(folder);
  const hash = await store.put(bytes('body'));
  await writeFile(join(folder, hash), 'changed');
  expect(await store.get(hash)).toBeUndefined();
  expect(await store.get('0x../../etc/passwd' as `0x${string}`)).toBeUndefined();
});
