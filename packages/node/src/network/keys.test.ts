import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { privateKeyToAccount } from 'viem/accounts';
import { afterAll, expect, test } from 'vitest';
import { createKeys, loadKeys } from './keys.ts';

const folder = mkdtempSync(join(tmpdir(), 'lichen-keys-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('keys are drawn once, kept, and readable by their owner only', () => {
  const path = join(folder, 'keys.json');
  const keys = loadKeys(path);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(loadKeys(path)).toEqual(keys);
  expect(createKeys()).not.toEqual(keys);
  const all = Object.values(keys).flat();
  expect(new Set(all).size).toBe(18);
});

test('reporters come in ascending order of address, as their set wants them', () => {
  const addresses = createKeys().reporters.map((key) => BigInt(privateKeyToAccount(key).address));
  expect(addresses).toEqual(addresses.toSorted((left, right) => (left < right ? -1 : 1)));
});

test('a file from before there were accounts gets the keys that it lacks, once, and keeps all others', () => {
  const path = join(folder, 'older.json');
  const { bundler: _, sponsor: __, ...older } = createKeys();
  writeFileSync(path, JSON.stringify(older));
  const keys = loadKeys(path);
  expect(keys).toMatchObject(older);
  expect(keys.bundler).toMatch(/^0x[0-9a-f]{64}$/);
  expect(keys.sponsor).not.toBe(keys.bundler);
  expect(loadKeys(path)).toEqual(keys);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('a key that is there but broken is not replaced', () => {
  const path = join(folder, 'broken.json');
  const text = JSON.stringify({ ...createKeys(), sponsor: '0x12' });
  writeFileSync(path, text);
  expect(() => loadKeys(path)).toThrowError(expect.objectContaining({ code: 'state-damaged' }));
  expect(readFileSync(path, 'utf8')).toBe(text);
});

test('a damaged file is neither used nor replaced', () => {
  const path = join(folder, 'damaged.json');
  writeFileSync(path, '{"deployer":"0x12"}');
  expect(() => loadKeys(path)).toThrowError(expect.objectContaining({ code: 'state-damaged' }));
  expect(readFileSync(path, 'utf8')).toBe('{"deployer":"0x12"}');
});
