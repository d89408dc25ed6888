import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isLichenError } from '@lichen/protocol';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { liveText } from './liveText.ts';
import { readLiveSources } from './readLiveSources.ts';

const folder = mkdtempSync(join(tmpdir(), 'lichen-sources-'));
afterEach(() => vi.unstubAllEnvs());
afterAll(() => rmSync(folder, { recursive: true }));

function fileOf(text: string): string {
  const path = join(folder, 'sources.json');
  writeFileSync(path, text);
  return path;
}

test('a file and the environment together make the sources', () => {
  vi.stubEnv('LICHEN_SOURCE_ONE', 'first-key');
  vi.stubEnv('LICHEN_SOURCE_TWO', 'id:secret');
  const path = fileOf(
    JSON.stringify({
      status: [
        { kind: 'aeroapi', credential: 'LICHEN_SOURCE_ONE' },
        { kind: 'opensky', credential: 'LICHEN_SOURCE_TWO' },
      ],
    }),
  );
  expect(readLiveSources(path).status).toMatchObject([
    { kind: 'aeroapi', apiKey: 'first-key' },
    { kind: 'opensky', account: { clientId: 'id', clientSecret: 'secret' } },
  ]);
});

test.each([
  ['a file that is not there', () => join(folder, 'nothing.json'), 'no such file'],
  ['a folder', () => folder, 'illegal operation on a directory'],
  ['a file that is no list of sources', () => fileOf(' '.repeat(100_001)), 'more than 100000'],
  ['text that is not JSON', () => fileOf('status: replay'), 'not JSON'],
])('%s is refused with what to do', (_, pathOf, expected) => {
  try {
    readLiveSources(pathOf());
    expect.unreachable();
  } catch (error) {
    if (!isLichenError(error)) throw error;
    expect(error).toMatchObject({ code: 'bad-input', retry: 'after-fix' });
    expect(error.got).toContain(expected);
    expect(error.next).toBeDefined();
  }
});

test('the screen names who is asked, and what is not live', () => {
  expect(liveText([])).toEqual([]);
  expect(
    liveText([
      { use: 'status', name: 'AeroAPI', origin: 'https://aeroapi.flightaware.com' },
      { use: 'status', name: 'OpenSky', origin: 'https://opensky-network.org' },
    ]),
  ).toEqual([
    'questions about live flights: two of AeroAPI (https://aeroapi.flightaware.com), OpenSky (https://opensky-network.org) must agree; they sign nothing',
    'replayed all the same: flights for sale, their record and the weather they are priced with',
  ]);
});
