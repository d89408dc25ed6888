import { expect, test } from 'vitest';
import type { LichenClient } from '../client/createLichenClient.ts';
import { findJournal } from './findJournal.ts';

const journals = [
  { origin: 'lichen.test/One', writer: '0xAA' },
  { origin: 'lichen.test/two', writer: '0xBB' },
];
const agents = [{ name: 'trading', journal: 'lichen.test/two' }];
const client = { config: { journals, agents } } as unknown as LichenClient;

test.each([
  ['1', 0],
  ['2', 1],
  ['lichen.test/One', 0],
  ['0xbb', 1],
  ['trading', 1],
])('%s is found', (name, at) => {
  expect(findJournal(client, name)).toBe(journals[at]);
});

test.each(['0', '3', '', 'Trading', 'lichen.test'])('%s is none, and what there is is said', (name) => {
  expect(() => findJournal(client, name)).toThrow(
    expect.objectContaining({ code: 'not-found', expected: 'lichen.test/One, lichen.test/two' }),
  );
});
