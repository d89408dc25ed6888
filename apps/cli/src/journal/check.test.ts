import { mkdtempSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDecisionLog, readJournalFolder } from '@lichen/journal';
import {
  blankDecision,
  checkJournal,
  cosign,
  isLichenError,
  journalKeyOf,
  openCheckpoint,
  parseVkey,
  signatureLineOf,
  signatureTypes,
  vkeyTextOf,
  witnessKeyOf,
} from '@lichen/protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkJournalCommand, journalText } from './check.ts';

const origin = 'lichen.test/check';
const secretKey = new Uint8Array(32).fill(4);
const vkey = vkeyTextOf(journalKeyOf(origin, secretKey));
const nobody = () => Promise.reject(new Error('no network is needed'));

let folder: string;
/** A journal of 300 decisions, so that it has a full tile and an unfinished one. */
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lichen-check-'));
  const log = await openDecisionLog({
    folder,
    origin,
    secretKey,
    agent: 'eip155:1:0x00000000000000000000000000000000000000aa',
    clock: () => 1_700_000_000_000,
    checkpointEveryMs: 0,
  });
  await Promise.all(
    Array.from({ length: 300 }, (_, at) =>
      log.record({
        ...blankDecision,
        choice: 'nothing',
        kind: 'refusal',
        rules: { sha256: '00'.repeat(32), version: '1' },
        task: `day ${at}`,
      }),
    ),
  );
  await log.close();
});
afterEach(() => rmSync(folder, { recursive: true }));

const check = () => checkJournalCommand({ place: folder, vkey, open: nobody });

test('a journal as it was written is whole, and what was not looked at is said', async () => {
  const { exitCode, text, json } = await check();
  expect(exitCode).toBe(0);
  expect(text).toContain('Whole: every file is what was signed.');
  expect(text).toContain('lichen.test/check, 300 entries');
  expect(text).toContain('✓ entries    300 of 300 are what the head was signed over');
  expect(text).toContain('– witnesses  no trust policy was given');
  expect(text).toContain('– anchors    no chain was asked');
  expect(json).toMatchObject({ isWhole: true, size: 300, anchored: null, findings: [] });
});

test('a flipped byte and a lost file are named with their place and what to do', async () => {
  const bundle = join(folder, 'log/tile/entries/000');
  const bytes = readFileSync(bundle);
  bytes[200]! ^= 1;
  writeFileSync(bundle, bytes);
  const { exitCode, text, json } = await check();
  expect(exitCode).toBe(1);
  expect(text).toContain('NOT WHOLE: 1 fault. Do not rely on this journal.');
  expect(text).toContain('at        entry 0, tile/entries/000');
  expect(text).toContain('next      Keep this copy');
  expect(json).toMatchObject({
    isWhole: false,
    findings: [{ code: 'entries-altered', next: expect.any(String) }],
  });

  unlinkSync(bundle);
  expect((await check()).json).toMatchObject({ findings: [{ code: 'file-missing' }] });
});

test('too few witnesses are no tick, and with enough of them there is one', async () => {
  const seed = new Uint8Array(32).fill(6);
  const secret = { name: 'seen', type: signatureTypes.cosignatureEd25519, seed };
  const policy = join(folder, 'policy');
  const key = vkeyTextOf(witnessKeyOf(secret));
  writeFileSync(policy, `log ${vkey}\nwitness seen ${key}\nquorum seen\n`);
  const missing = await checkJournalCommand({ place: folder, vkey, policy, open: nobody });
  expect(missing.exitCode).toBe(1);
  expect(missing.text).toContain('✗ witnesses  none');

  const path = join(folder, 'log/checkpoint');
  const head = readFileSync(path, 'utf8');
  const signature = cosign(secret, openCheckpoint(head, parseVkey(vkey)), 1_700_000_000);
  writeFileSync(path, head + signatureLineOf(signature));
  const signed = await checkJournalCommand({ place: folder, vkey, policy, open: nobody });
  expect(signed.exitCode).toBe(0);
  expect(signed.text).toContain('✓ witnesses  seen');
});

test('another past on the chain is no tick', async () => {
  const anchors = [{ size: 200, root: new Uint8Array(32), where: 'block 5' }];
  const report = await checkJournal({ read: readJournalFolder(folder), vkey, anchors });
  expect(report.isWhole).toBe(false);
  expect(journalText(report, false, true)).toContain('✗ anchors    the chain has another past of it');
  const none = await checkJournal({ read: readJournalFolder(folder), vkey });
  expect(journalText(none, false, true)).toContain('– anchors    nothing of it is on the chain yet');
});

test('another key, no key, no place: said before anything is read', async () => {
  const other = vkeyTextOf(journalKeyOf(origin, new Uint8Array(32).fill(5)));
  const foreign = await checkJournalCommand({ place: folder, vkey: other, open: nobody });
  expect(foreign.exitCode).toBe(1);
  expect(foreign.text).toContain('Checkpoint unsigned');
  for (const options of [{ place: folder }, { place: join(folder, 'nothing'), vkey }, {}]) {
    const error = await checkJournalCommand({ ...options, open: nobody }).catch((reason: unknown) => reason);
    expect(isLichenError(error) && error.next !== undefined).toBe(true);
  }
});
