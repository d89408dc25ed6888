import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { blankDecision, blobHashOf, isLichenError, openPrivate } from '@lichen/protocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type JournalInit, openJournal } from '../journal/openJournal.ts';
import { type DecisionDraft, type DecisionLog, openDecisionLog } from './openDecisionLog.ts';

const keys = { origin: 'lichen.test/agent', secretKey: new Uint8Array(32).fill(1), checkpointEveryMs: 0 };
const agent = 'eip155:31338:0x00000000000000000000000000000000000000aa';
const draft: DecisionDraft = {
  ...blankDecision,
  choice: 'hold',
  kind: 'refusal',
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
const open = (more: Partial<JournalInit & { readonly snapshotEvery: number }> = {}) =>
  openDecisionLog({ ...keys, folder, agent, clock: () => now, ...more });
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

test('a decision has the time that its rules were told, where they were told one', async () => {
  const recorded = await log.record({ ...draft, time: 777 });
  expect(recorded.decision.time).toBe(777);
  expect([...log.since(0)][0]!.decision.time).toBe(777);
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

test('blobs: public by their hash, private behind a salt, damaged ones named', async () => {
  const bytes = Buffer.from('price 101.20');
  expect(log.keep(bytes)).toBe(blobHashOf(bytes));
  expect(log.keep(bytes)).toBe(blobHashOf(bytes));
  const hidden = log.keep(bytes, { isPrivate: true });
  expect(hidden).not.toBe(log.keep(bytes, { isPrivate: true }));
  expect(Buffer.from(openPrivate(log.blobs.get(hidden)!)).toString()).toBe('price 101.20');
  await log.blobs.sync();
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

test('decisions recorded in one moment, and in each other’s wake, are all recorded', async () => {
  for (let round = 0; round < 4; round += 1) {
    const many = await Promise.all(Array.from({ length: 300 }, () => log.record(draft)));
    const last = await log.record(draft);
    expect([many[0]!.index, last.index]).toEqual([round * 301, round * 301 + 300]);
  }
  const all = [...log.since(0)];
  expect(all.every(({ decision }, at) => decision.previous === (all[at - 1]?.leafHash ?? null))).toBe(true);
});

test('one of a moment that no reader would take is refused alone', async () => {
  const [first, bad, last] = await Promise.allSettled([
    log.record(draft),
    log.record({ ...draft, choice: 'x'.repeat(5_000) }),
    log.record(draft),
  ]);
  expect([first.status, bad.status, last.status]).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect([...log.since(0)].map(({ decision }) => decision.seq)).toEqual([0, 1]);
});

test('when the disk is full, none goes on from one that was lost', async () => {
  await log.close();
  // Room for a few more decisions of about 400 bytes, and none in one file with all of them.
  let room = 3_000;
  log = await open({
    segmentEntries: 256,
    writeOptions: {
      write: (descriptor, bytes, offset, position) => {
        if (bytes.length - offset > room) throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
        room -= bytes.length - offset;
        return writeSync(descriptor, bytes, offset, bytes.length - offset, position);
      },
    },
  });
  const settled = await Promise.allSettled(Array.from({ length: 20 }, () => log.record(draft)));
  expect(settled.every(({ status }) => status === 'rejected')).toBe(true);
  const one = await log.record(draft);
  expect(one.decision).toMatchObject({ seq: 0, previous: null });
  room = Number.POSITIVE_INFINITY;
  // Across the border of two tail files: the second one fails, and with it only what was to be in it.
  await Promise.all(Array.from({ length: 250 }, () => log.record(draft)));
  room = 4_000;
  const across = await Promise.allSettled(Array.from({ length: 30 }, () => log.record(draft)));
  const kept = across.filter(({ status }) => status === 'fulfilled').length;
  expect(across.slice(kept).every(({ status }) => status === 'rejected')).toBe(true);
  room = Number.POSITIVE_INFINITY;
  await log.record(draft);
  const all = [...log.since(0)];
  expect(all).toHaveLength(252 + kept);
  expect(all.every(({ decision }, at) => decision.seq === at)).toBe(true);
  expect(all.every(({ decision }, at) => decision.previous === (all[at - 1]?.leafHash ?? null))).toBe(true);
});

test('what a decision refers to is on the disk before it is', async () => {
  const blobs = [1, 2, 3].map((at) => log.keep(Buffer.from(`input ${at}`)));
  const pathOf = (sha256: string) => join(folder, 'blobs', sha256.slice(0, 2), sha256);
  expect(Buffer.from(log.blobs.get(blobs[0]!)!).toString()).toBe('input 1');
  const tail = join(folder, 'tail', '0000000000000000.log');
  const before = readFileSync(tail).length;
  const recording = log.record(draft);
  while (readFileSync(tail).length === before) {
    await new Promise(setImmediate);
  }
  expect(blobs.map(pathOf).every(existsSync)).toBe(true);
  await recording;
  // One that no decision follows is kept when the log is closed.
  const late = log.keep(Buffer.from('late'));
  expect(existsSync(pathOf(late))).toBe(false);
  await log.close();
  expect(existsSync(pathOf(late))).toBe(true);
});

test('a blob that cannot be written keeps its decision from being recorded', async () => {
  // A file where the folder of the blobs should be.
  rmSync(join(folder, 'blobs'), { recursive: true, force: true });
  writeFileSync(join(folder, 'blobs'), '');
  const sha256 = log.keep(Buffer.from('input'));
  await expect(log.record(draft)).rejects.toThrow('Could not write');
  expect(log.journal.size()).toBe(0);
  rmSync(join(folder, 'blobs'));
  await log.record(draft);
  expect(existsSync(join(folder, 'blobs', sha256.slice(0, 2), sha256))).toBe(true);
});

describe('the snapshot', () => {
  const path = () => join(folder, 'decisions.snapshot');

  async function fill(): Promise<string[]> {
    for (let at = 0; at < 3; at += 1) await log.record({ ...draft, kind: 'intent' });
    await log.record(outcome(log.openIntents()[1]!.leafHash, 'settled'));
    await Promise.all(Array.from({ length: 600 }, () => log.record(draft)));
    return log.openIntents().map(({ leafHash }) => leafHash);
  }

  test('a start goes on from it, and from the journal where it is gone, of another time, or another’s', async () => {
    const left = await fill();
    await log.close();
    const whole = readFileSync(path(), 'utf8');
    const flipped = whole.replace('"open":[[', '"open":[ [');
    const shorter = whole.replace(/\[\["[0-9a-f]{64}",0\],/, '[');
    expect(shorter).not.toBe(whole);
    for (const text of [whole, undefined, '', 'nonsense', flipped, shorter, `${whole.slice(0, 64)}\n{}\n`]) {
      if (text === undefined) rmSync(path());
      else writeFileSync(path(), text);
      log = await open();
      expect(log.openIntents().map(({ leafHash }) => leafHash)).toEqual(left);
      expect(log.last()).toMatchObject({ index: 603, decision: { seq: 603 } });
      await log.close();
    }
    // Kept from before, it is gone on from there.
    log = await open();
    await log.record(outcome(left[0]!, 'settled'));
    await log.close();
    writeFileSync(path(), whole);
    log = await open();
    expect(log.openIntents().map(({ leafHash }) => leafHash)).toEqual(left.slice(1));
    expect((await log.record(draft)).decision.seq).toBe(605);
  });

  test('of a journal that has another past, it is not believed', async () => {
    await fill();
    await log.close();
    const whole = readFileSync(path(), 'utf8');
    rmSync(folder, { recursive: true });
    log = await open();
    for (let at = 0; at < 700; at += 100) {
      await Promise.all(Array.from({ length: 100 }, () => log.record({ ...draft, choice: 'buy' })));
    }
    await log.close();
    writeFileSync(path(), whole);
    log = await open();
    expect(log.openIntents()).toEqual([]);
    expect(log.last()?.index).toBe(699);
  });

  test('is written on the way, so that a crash costs little', async () => {
    await log.close();
    log = await open({ snapshotEvery: 50 });
    await Promise.all(Array.from({ length: 300 }, () => log.record(draft)));
    await expect.poll(() => existsSync(path())).toBe(true);
  });
});
