import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Address } from 'viem';
import { afterAll, expect, test } from 'vitest';
import { changedContracts, readKeptDeployment } from './keptDeployment.ts';

const folder = mkdtempSync(join(tmpdir(), 'lichen-kept-'));
const path = join(folder, 'deployment.json');
afterAll(() => rmSync(folder, { recursive: true }));
const cover = (digit: string): Address => `0x${digit.repeat(40)}`;
const kept = { addresses: { oracle: cover('1'), flightCover: cover('2') }, firstBlock: 7 };

test('an earlier deployment is read back; none, or a damaged one, is none', () => {
  expect(readKeptDeployment(path)).toBeUndefined();
  writeFileSync(path, JSON.stringify({ chainId: 1, ...kept }));
  expect(readKeptDeployment(path)).toEqual(kept);
  for (const text of ['', '{', '{"addresses":{"oracle":"0x1"}}']) {
    writeFileSync(path, text);
    expect(readKeptDeployment(path)).toBeUndefined();
  }
});

test('the operator is told when another release puts up other contracts, and only then', () => {
  expect(changedContracts(undefined, { flightCover: cover('2') })).toBeUndefined();
  expect(changedContracts(kept, { flightCover: cover('2') })).toBeUndefined();
  expect(changedContracts(kept, { flightCover: cover('3') })).toContain(cover('2'));
});
