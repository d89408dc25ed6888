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
  const all = [keys.deployer, keys.keeper, keys.developmentAccount, ...keys.reporters, ...keys.sources];
  expect(new Set(all).size).toBe(11);
});

test('reporters come in ascending order of address, as their set wants them', () => {
  const addresses = createKeys().reporters.map((key) => BigInt(privateKeyToAccount(key).address));
  expect(addresses).toEqual(addresses.toSorted((left, right) => (left < right ? -1 : 1)));
});

test('a damaged file is neither used nor replaced', () => {
  const path = join(folder, 'damaged.json');
  writeFileSync(path, '{"deployer":"0x12"}');
  expect(() => loadKeys(path)).toThrowError(expect.objectContaining({ code: 'state-damaged' }));
  expect(readFileSync(path, 'utf8')).toBe('{"deployer":"0x12"}');
});
