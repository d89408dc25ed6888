import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { blobHashOf, isLichenError, openPrivate } from '@lichen/protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openJournal } from '../journal/openJournal.ts';
import { type DecisionDraft, type DecisionLog, openDecisionLog } from './openDecisionLog.ts';

const keys = { origin: 'lichen.test/agent', secretKey: new Uint8Array(32).fill(1), checkpointEveryMs: 0 };
const agent = 'eip155:31338:0x00000000000000000000000000000000000000aa';
const draft: DecisionDraft = {
  act: null,
  amounts: [],
  checks: [],
  choice: 'hold',
  inputs: [],
  kind: 'refusal',
  model: null,
  refersTo: null,
  rejected: [],
  result: null,
  rules: { sha256: '0'.repeat(64), version: '1' },
  task: 'rebalance',
};
const outcome = (refersTo: string, status: 'settled' | 'failed' | 'unknown' | 'pending'): DecisionDraft => ({
  ...draft,
  kind: 'outcome',
  refersTo,
  result: { block: null, reason: '', status, transaction: null },
});

let folder: string;
let log: DecisionLog;
let now = 1_000;
const open = () => openDecisionLog({ ...keys, folder, agent, clock: () => now });
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lichen-decisions-'));
  log = await open();
});
afterEach(async () => {
  await log.close().catch(() => undefined);
  rmSync(folder, { recursive: true });
});

test('decisions are counted and chained, across a restart, also when recorded at once', async () => {
  const first = await Promise.all([log.record(draft), log.record(draft), log.record(draft)]);
  await log.close();
  log = await open();
  now = 2_000;
  const fourth = await log.record({ ...draft, choice: 'buy' });
  expect(fourth.decision).toMatchObject({
    agent,
    seq: 3,
    previous: first[2]!.leafHash,
    time: 2_000,
    zone: 'UTC',
  });
  expect([...log.since(0)].map(({ decision }) => [decision.seq, decision.previous])).toEqual([
    [0, null],
    [1, first[0]!.leafHash],
    [2, first[1]!.leafHash],
    [3, first[2]!.leafHash],
  ]);
  expect(log.last()).toEqual(fourth);
});

test('intents without a certain outcome stay open, across a restart', async () => {
  const intents = [];
  for (let at = 0; at < 4; at += 1) intents.push(await log.record({ ...draft, kind: 'intent' }));
  await log.record(outcome(intents[0]!.leafHash, 'settled'));
  await log.record(outcome(intents[1]!.leafHash, 'unknown'));
  await log.record(outcome(intents[2]!.leafHash, 'failed'));
  const left = [intents[1]!.leafHash, intents[3]!.leafHash];
  expect(log.openIntents().map(({ leafHash }) => leafHash)).toEqual(left);
  await log.close();
  log = await open();
  expect(log.openIntents().map(({ leafHash }) => leafHash)).toEqual(left);
});

test('what a reader would refuse is not written', async () => {
  const long = log.record({ ...draft, choice: 'x'.repeat(5_000) });
  await expect(long).rejects.toThrow('no decision');
  await expect(log.record({ ...draft, choice: '\ud800' })).rejects.toThrow('no Unicode');
  expect(log.journal.size()).toBe(0);
  expect((await log.record(draft)).decision.seq).toBe(0);
});

test('blobs: public by their hash, private behind a salt, damaged ones named', () => {
  const bytes = Buffer.from('price 101.20');
  expect(log.keep(bytes)).toBe(blobHashOf(bytes));
  expect(log.keep(bytes)).toBe(blobHashOf(bytes));
  const hidden = log.keep(bytes, { isPrivate: true });
  expect(hidden).not.toBe(log.keep(bytes, { isPrivate: true }));
  expect(Buffer.from(openPrivate(log.blobs.get(hidden)!)).toString()).toBe('price 101.20');
  expect(log.blobs.get('ff'.repeat(32))).toBeUndefined();
  expect(log.blobs.get('../../secret')).toBeUndefined();
  writeFileSync(join(folder, 'blobs', hidden.slice(0, 2), hidden), 'other');
  expect(() => log.blobs.get(hidden)).toThrow('not what its name says');
});

test('a journal with something else in it is not gone on with', async () => {
  await log.close();
  const journal = await openJournal({ ...keys, folder });
  await journal.append(Buffer.from('not a decision'));
  await journal.close();
  const error = await open().catch((reason: unknown) => reason);
  expect(isLichenError(error) && error.code).toBe('bad-input');
  const again = await openJournal({ ...keys, folder });
  expect(again.size()).toBe(1);
  await again.close();
});
