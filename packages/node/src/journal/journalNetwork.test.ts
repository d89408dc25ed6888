import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createWitness,
  type DecisionDraft,
  type DecisionLog,
  openDecisionLog,
  type Witness,
} from '@lichen/journal';
import { blankDecision, parseTrustPolicy, verifyReceipt, vkeyTextOf } from '@lichen/protocol';
import { Hono } from 'hono';
import { privateKeyToAccount } from 'viem/accounts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { serve } from '../http/serve.ts';
import { errorResponse } from '../world/httpAnswers.ts';
import { createCosignatureGatherer } from './gatherCosignatures.ts';
import { createJournalApp } from './journalApp.ts';
import { journalIdentityOf, publicKeysOf, witnessSecretsOf } from './journalKeys.ts';
import { createWitnessApp } from './witnessApp.ts';

const chainId = 31_338;
const keyOf = (at: number) => `0x${String(at + 1).repeat(64)}` as const;
const parties = [0, 1, 2].map((at) => ({ key: keyOf(at), address: privateKeyToAccount(keyOf(at)).address }));
const publicKeys = parties.map(({ key, address }) => publicKeysOf(chainId, address, key));
const draft: DecisionDraft = {
  ...blankDecision,
  choice: 'sign',
  kind: 'intent',
  rules: { sha256: '0'.repeat(64), version: '1' },
  task: 'report round 1',
};
const policy = parseTrustPolicy(
  [
    `log ${vkeyTextOf(publicKeys[0]!.journal)}`,
    ...[1, 2].flatMap((at) =>
      publicKeys[at]!.witness.map((key, kind) => `witness w${at}-${kind} ${vkeyTextOf(key)}`),
    ),
    'group first any w1-0 w1-1',
    'group second any w2-0 w2-1',
    'group both all first second',
    'quorum both',
  ].join('\n'),
);

let folder: string;
let log: DecisionLog;
let closing: (() => Promise<unknown>)[];
let urls: string[];
let witnesses: Witness[];
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lichen-journals-'));
  closing = [];
  const identity = journalIdentityOf(chainId, parties[0]!.address, parties[0]!.key);
  log = await openDecisionLog({ folder: join(folder, 'journal'), ...identity, checkpointEveryMs: 0 });
  witnesses = [];
  urls = [];
  for (const at of [1, 2]) {
    const witness = await createWitness({
      folder: join(folder, `witness-${at}`),
      secrets: witnessSecretsOf(chainId, parties[at]!.address, parties[at]!.key),
      logOf: (origin) => publicKeys.find(({ journal }) => journal.name === origin)?.journal,
    });
    const served = await serve(new Hono().route('/witness', createWitnessApp(witness)), 0);
    witnesses.push(witness);
    urls.push(`${served.url}/witness`);
    closing.push(served.close, witness.close);
  }
});
afterEach(async () => {
  for (const close of closing) await close();
  await log.close();
  rmSync(folder, { recursive: true });
});
const gathererOf = (named = urls) =>
  createCosignatureGatherer(
    log.journal,
    publicKeys[0]!.journal,
    named.map((url, at) => ({ url, keys: publicKeys[at + 1]!.witness })),
  );

test('a decision, two witnesses over HTTP, one file that proves it', async () => {
  const gatherer = gathererOf();
  for (let round = 0; round < 3; round += 1) {
    await log.record(draft);
    await log.journal.checkpoint();
    expect(await gatherer.gather()).toBe(2);
  }
  const app = new Hono().route('/journal', createJournalApp(log, join(folder, 'journal')));
  app.onError((error, context) => errorResponse(context, error));
  const receipt = await (await app.request('/journal/receipt/1')).text();
  const report = verifyReceipt({ receipt, policy });
  expect(report).toMatchObject({ isValid: true, index: 1, decision: { seq: 1, task: 'report round 1' } });
  // A gatherer that knows nothing, as after a restart, is told where the witness stands.
  await log.record(draft);
  await log.journal.checkpoint();
  expect(await gathererOf().gather()).toBe(2);

  const tile = await app.request('/journal/tile/entries/000.p/4');
  expect([tile.status, tile.headers.get('content-type')]).toEqual([200, 'application/octet-stream']);
  expect((await app.request('/journal/checkpoint')).status).toBe(200);
  for (const path of [
    'tile/0/..%2f..%2ftail',
    'tile/0/../../tail',
    'tile/64/000',
    'receipt/9',
    'receipt/x',
    'blob/00',
  ]) {
    expect((await app.request(`/journal/${path}`)).status).toBeGreaterThanOrEqual(400);
  }
});

test('a witness that is away costs its signature only, and is asked again', async () => {
  const away = gathererOf([urls[0]!, 'http://127.0.0.1:1/witness']);
  await log.record(draft);
  await log.journal.checkpoint();
  expect(await away.gather()).toBe(1);
  const receipt = await log.journal.receipt(0, { withEntry: true });
  expect(verifyReceipt({ receipt, policy }).checks.filter(({ state }) => state === 'failed')).toMatchObject([
    { name: 'witnesses' },
  ]);
  expect(await gathererOf().gather()).toBe(2);
  const again = await log.journal.receipt(0, { withEntry: true });
  expect(verifyReceipt({ receipt: again, policy }).isValid).toBe(true);
});

test('an answer that is no signature is not kept', async () => {
  const liar = new Hono().post('/witness/add-checkpoint', (context) =>
    context.text('\u2014 somebody AAAAAAAAAAA=\n'),
  );
  const served = await serve(liar, 0);
  closing.push(served.close);
  await log.record(draft);
  await log.journal.checkpoint();
  expect(await gathererOf([urls[0]!, `${served.url}/witness`]).gather()).toBe(1);
  expect(log.journal.head()?.text).not.toContain('somebody');
});
