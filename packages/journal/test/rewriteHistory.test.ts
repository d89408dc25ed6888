import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  checkJournal,
  consistencyProofOf,
  type KnownHead,
  openCheckpoint,
  parseVkey,
  readSubtrees,
  toBase64,
} from '@lichen/protocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createWitness, type DecisionLog, openDecisionLog, type Witness } from '../src/index.ts';
import {
  agent,
  checkFiles,
  cosignHead,
  draft,
  origin,
  readFiles,
  secretKey,
  vkey,
  witnesses,
} from './support/sampleJournal.ts';

// The operator holds the journal's key and its disk. It rewrites decision 40, which it regrets, and signs again.

let folder: string;
let open: DecisionLog[];
let witness: Witness;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lichen-rewrite-'));
  open = [];
  witness = await createWitness({
    folder: join(folder, 'witness'),
    secrets: witnesses,
    logOf: (name) => (name === origin ? parseVkey(vkey) : undefined),
    clock: () => 1_700_000_000,
  });
});
afterEach(async () => {
  for (const log of open) await log.close();
  await witness.close();
  rmSync(folder, { recursive: true });
});

async function journalOf(
  name: string,
  count: number,
  choiceOf: (at: number) => string,
): Promise<DecisionLog> {
  const log = await openDecisionLog({
    folder: join(folder, name),
    origin,
    secretKey,
    agent,
    clock: () => 1_000,
    checkpointEveryMs: 0,
  });
  open.push(log);
  await more(log, count, choiceOf);
  return log;
}
async function more(log: DecisionLog, count: number, choiceOf: (at: number) => string): Promise<void> {
  const first = log.journal.size();
  await Promise.all(
    Array.from({ length: count }, (_, at) => log.record({ ...draft, choice: choiceOf(first + at) })),
  );
  await log.journal.checkpoint();
}
const honest = () => 'hold';
const rewritten = (at: number) => (at === 40 ? 'sell at the top' : 'hold');

/** Shows the head to the witness, which has seen `oldSize` entries, and keeps what it signs. */
function show({ journal }: DecisionLog, oldSize: number) {
  const head = journal.head()!;
  const from = Math.min(oldSize, head.size);
  const proof = consistencyProofOf(readSubtrees(journal.tile, head.size), from, head.size);
  const body = `old ${oldSize}\n${proof.map((hash) => `${toBase64(hash)}\n`).join('')}\n${head.text}`;
  const answer = witness.addCheckpoint(body);
  if (answer.status === 200) journal.addCosignatures(head.size, answer.body);
  return answer.status;
}
const check = (name: string, anchors?: readonly KnownHead[]) =>
  checkFiles(readFiles(join(folder, name)), anchors === undefined ? {} : { anchors });
async function codesOf(name: string, anchors?: readonly KnownHead[]) {
  return (await check(name, anchors)).findings.map(({ code, index }) => `${code} ${index ?? '-'}`);
}

describe('before anything is anchored', () => {
  test('the witness does not sign another past, and without it no reader takes the head', async () => {
    const log = await journalOf('honest', 200, honest);
    expect(show(log, 0)).toBe(200);
    expect(await codesOf('honest')).toEqual([]);
    const forged = await journalOf('forged', 300, rewritten);
    // Whatever it says the witness saw before.
    expect([0, 200, 300].map((oldSize) => show(forged, oldSize))).toEqual([409, 422, 409]);
    expect(await codesOf('forged')).toEqual(['quorum-missing -']);
    // Its files, chain and signature are in perfect order: without witnesses nothing would show.
    const credulous = await checkJournal({
      read: async (path) => readFiles(join(folder, 'forged')).get(path),
      vkey,
    });
    expect(credulous.findings).toEqual([]);
    // The honest one goes on.
    await more(log, 100, honest);
    expect(show(log, 200)).toBe(200);
    expect(await codesOf('honest')).toEqual([]);
  });

  test('the head that the witness keeps names the rewritten one', async () => {
    show(await journalOf('honest', 200, honest), 0);
    await journalOf('forged', 300, rewritten);
    const kept = witness.latest(createHash('sha256').update(origin).digest('hex'));
    const { size, root } = openCheckpoint(kept.body, parseVkey(vkey));
    expect(await codesOf('forged', [{ size, root, where: 'the witness' }])).toEqual([
      'quorum-missing -',
      'anchor-mismatch 199',
    ]);
  });
});

describe('after a head is on the chain', () => {
  test('the anchor names it, even when every witness is in league with the operator', async () => {
    const log = await journalOf('honest', 200, honest);
    show(log, 0);
    const { size, root } = log.journal.head()!;
    const anchors = [
      { size: 30, root: log.journal.rootAt(30), where: 'block 3' },
      { size, root, where: 'block 7' },
    ];
    expect(await codesOf('honest', anchors)).toEqual([]);
    const forged = await journalOf('forged', 300, rewritten);
    cosignHead(forged.journal);
    const report = await check('forged', anchors);
    expect(report.findings).toMatchObject([
      { code: 'anchor-mismatch', index: 199, what: expect.stringContaining('block 7') },
    ]);
    // Up to the first anchor it is the same journal.
    expect(report.anchored).toMatchObject({ size: 30 });
  });

  test('cut back to before the regretted decision', async () => {
    const log = await journalOf('honest', 200, honest);
    const { size, root } = log.journal.head()!;
    const short = await journalOf('short', 40, honest);
    cosignHead(short.journal);
    expect(await codesOf('short', [{ size, root, where: 'block 7' }])).toEqual(['anchor-ahead 40']);
  });
});

test('a clock that was set back is a warning, and breaks nothing', async () => {
  const times = [5_000, 6_000, 1_000, 1_001];
  const log = await openDecisionLog({
    folder: join(folder, 'clock'),
    origin,
    secretKey,
    agent,
    clock: () => times.shift()!,
    checkpointEveryMs: 0,
  });
  open.push(log);
  for (let at = 0; at < 4; at += 1) await log.record(draft);
  await log.journal.checkpoint();
  show(log, 0);
  const report = await check('clock');
  expect(report.isWhole).toBe(true);
  expect(report.findings).toMatchObject([
    { code: 'time-backwards', severity: 'warning', index: 2, got: '1000', expected: 'at least 6000' },
  ]);
});
