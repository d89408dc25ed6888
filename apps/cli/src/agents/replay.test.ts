import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DecisionDraft, openDecisionLog } from '@lichen/journal';
import {
  blankDecision,
  formatInclusionProof,
  isLichenError,
  parseInclusionProof,
  signatureTypes,
  verifierKeyOf,
  vkeyTextOf,
} from '@lichen/protocol';
import { contextOf, openRules } from '@lichen/sdk';
import { ed25519 } from '@noble/curves/ed25519.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ReplayOptions, replayCommand } from './replay.ts';

const origin = 'test.example/agent';
const secretKey = new Uint8Array(32).fill(7);
const vkey = vkeyTextOf(verifierKeyOf(origin, signatureTypes.ed25519, ed25519.getPublicKey(secretKey)));
const utf8 = new TextEncoder();

const rules = utf8.encode(`export function decide({ inputs }) {
  if (inputs.price.hang) for (let s = 'a'.repeat(4e6); ; ) s.lastIndexOf('a'.repeat(2e6) + 'b');
  return { kind: 'refusal', task: 'watch', choice: 'hold at ' + inputs.price.open, checks: [], rejected: [], amounts: [], calls: [] };
}`);

let folder: string;
let receipt: string;
/** What the fourth entry says it chose, and did not. */
const lie = 'hold at \u001b[31m999';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lichen-replay-'));
  let time = 1_000;
  const log = await openDecisionLog({
    folder,
    origin,
    secretKey,
    agent: 'eip155:31337:0x00000000000000000000000000000000000000aa',
    clock: () => time++,
    checkpointEveryMs: 0,
  });
  const sha256 = log.keep(rules);
  const running = await openRules(rules);
  const record = async (price: unknown, change: Partial<DecisionDraft> = {}) => {
    const bytes = utf8.encode(JSON.stringify(price));
    const draft = {
      ...blankDecision,
      choice: '',
      inputs: [
        {
          at: 1,
          isPrivate: false,
          mediaType: 'application/json',
          name: 'price',
          provenance: { by: 'operator' },
          sha256: log.keep(bytes),
          uri: 'test:',
        },
      ],
      kind: 'refusal',
      rules: { sha256, version: '1' },
      task: 'watch',
      time: 5_000,
    } as const satisfies DecisionDraft;
    const blobs = new Map([[draft.inputs[0]!.sha256, bytes]]);
    const isHanging = (price as { hang?: boolean }).hang === true;
    const verdict = isHanging
      ? {}
      : running.decide(contextOf({ ...draft, time: 5_000, zone: 'UTC' }, blobs), null);
    const { choice = 'x' } = verdict as { choice?: string };
    return log.record({ ...draft, choice, ...change });
  };
  for (const open of ['1', '2', '3']) await record({ open });
  await record({ open: '4' }, { choice: lie });
  const gone = await record({ open: '5' });
  await log.record({
    ...(await record({ open: '6' })).decision,
    kind: 'pause',
    choice: 'pause',
    inputs: [],
  });
  await record({ hang: true });
  await log.journal.checkpoint();
  receipt = await log.journal.receipt(0, { withEntry: true });
  const lost = gone.decision.inputs[0]!.sha256;
  rmSync(join(folder, 'blobs', lost.slice(0, 2), lost));
  running.dispose();
  await log.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

const run = (options: Partial<ReplayOptions>) =>
  replayCommand({
    target: folder,
    vkey,
    open: () => Promise.reject(new Error('the network was asked')),
    patienceMs: 10_000,
    ...options,
  });

async function errorOf(work: Promise<unknown>) {
  try {
    await work;
  } catch (error) {
    if (isLichenError(error)) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

describe('one entry of a journal', () => {
  test('that comes out the same ends with 0', async () => {
    const { text, exitCode, json } = await run({ index: 1 });
    expect(exitCode).toBe(0);
    expect(text.replace(/\d+ bytes/, 'n bytes')).toMatchInlineSnapshot(`
      "Same, grade A: everything was run again, bit for bit.
        ✓ inputs   1 as recorded
        ✓ rules    version 1, n bytes, in the sandbox
        ✓ model    the rules ask none
        ✓ verdict  refusal "hold at 2" again
        ✓ calls    there are none

      refusal by eip155:31337:0x00000000000000000000000000000000000000aa, 1970-01-01T00:00:05.000Z
        at      watch
        chose   hold at 2"
    `);
    expect(json).toMatchObject({ verdict: 'same', grade: 'A', isSame: true, index: 1 });
  });

  test('that differs ends with 1 and says in what, without steering the terminal', async () => {
    const { text, exitCode } = await run({ index: 3 });
    expect(exitCode).toBe(1);
    expect(text).toContain('DIFFERS');
    expect(text).toContain('run again: "hold at 4"');
    expect(text).not.toContain('\u001b');
  });

  test('whose input is gone ends with 2', async () => {
    const { text, exitCode } = await run({ index: 4 });
    expect(exitCode).toBe(2);
    expect(text).toContain('1 of 1 missing: "price"');
  });

  test('that decides nothing ends with 0 and is called that', async () => {
    const { text, exitCode, json } = await run({ index: 6 });
    expect([exitCode, text.split('\n')[0]]).toEqual([
      0,
      'Nothing to replay: this record holds no verdict of rules.',
    ]);
    expect(json).toMatchObject({ verdict: 'nothing', grade: null });
  });

  test('that is not there is not found', async () => {
    expect((await errorOf(run({ index: 99 }))).code).toBe('not-found');
  });

  test('under another key is not taken', async () => {
    const other = vkeyTextOf(
      verifierKeyOf(origin, signatureTypes.ed25519, ed25519.getPublicKey(new Uint8Array(32).fill(8))),
    );
    expect((await errorOf(run({ index: 1, vkey: other }))).code).toBe('state-damaged');
    const { vkey: _, ...unnamed } = { vkey };
    expect(
      (await errorOf(replayCommand({ target: folder, index: 1, open: () => Promise.reject(), ...unnamed })))
        .next,
    ).toContain('--vkey');
  });
});

test('a whole journal: counts, what differs by number, and an exit code', async () => {
  const lines: string[] = [];
  const { text, exitCode, json } = await run({ isAll: true, onProgress: (line) => lines.push(line) });
  expect(exitCode).toBe(1);
  expect(json).toMatchObject({
    size: 8,
    isWhole: true,
    totals: { A: 4, B: 0, C: 0, nothing: 1, differs: 1, cannot: 2 },
    listed: [
      { index: 3, verdict: 'differs', why: 'verdict: the rules decide otherwise: choice' },
      { index: 4, verdict: 'cannot', why: 'inputs: 1 of 1 missing: "price"' },
      { index: 7, verdict: 'cannot', why: 'The rules did not end and were stopped.' },
    ],
  });
  expect(text).toContain('✗ entry 3: verdict: the rules decide otherwise: choice');
});

test('a run: a folder with a journal inside and its key beside it', async () => {
  const of = mkdtempSync(join(tmpdir(), 'lichen-run-'));
  symlinkSync(folder, join(of, 'journal'));
  const bare = { target: of, index: 1, open: () => Promise.reject(new Error('the network was asked')) };
  expect((await errorOf(replayCommand(bare))).next).toContain('--vkey');
  writeFileSync(join(of, 'metrics.json'), JSON.stringify({ journal: { vkey } }));
  expect((await replayCommand(bare)).exitCode).toBe(0);
  rmSync(of, { recursive: true });
});

describe('a receipt', () => {
  const at = (name: string) => join(folder, name);

  test('is replayed with blobs of a folder, and no network', async () => {
    writeFileSync(at('receipt'), receipt);
    const { exitCode, json } = await run({ target: at('receipt'), blobs: at('blobs') });
    expect(exitCode).toBe(0);
    expect(json).toMatchObject({ verdict: 'same', grade: 'A', journal: origin, index: 0 });
  });

  test('with a folder of loose blobs does as well; with none of them it cannot', async () => {
    writeFileSync(at('receipt'), receipt);
    const loose = mkdtempSync(join(tmpdir(), 'lichen-loose-'));
    expect((await run({ target: at('receipt'), blobs: loose })).exitCode).toBe(2);
    for (const prefix of readdirSync(at('blobs'))) {
      for (const name of readdirSync(join(at('blobs'), prefix))) {
        writeFileSync(join(loose, name), readFileSync(join(at('blobs'), prefix, name)));
      }
    }
    expect((await run({ target: at('receipt'), blobs: loose })).exitCode).toBe(0);
    rmSync(loose, { recursive: true });
  });

  test('without its decision is refused; so are two things to replay, or none', async () => {
    const { extra: _, ...bare } = parseInclusionProof(receipt);
    writeFileSync(at('bare'), formatInclusionProof(bare));
    for (const options of [
      { target: at('bare'), blobs: at('blobs') },
      { target: at('receipt'), index: 1 },
      { target: at('receipt'), isAll: true },
      {},
      { index: 1, isAll: true },
      { target: at('receipt'), blobs: at('nowhere') },
    ]) {
      expect(['bad-input', 'not-found']).toContain((await errorOf(run(options))).code);
    }
  });
});
