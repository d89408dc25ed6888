import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { replayDecision } from '@lichen/sdk';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLanguageModel } from '../src/models/createLanguageModel.ts';
import {
  type AdversarialServer,
  type Behaviour,
  behaviourNames,
  startAdversarialServer,
} from './support/adversarialServer.ts';
import { decideOnInvoices } from './support/decideOnInvoices.ts';

// Every way in which a model's server can misbehave, as an agent meets it: a refusal on record, the next decision is
// another matter, and no key on the disk.

const apiKey = 'sk-adversarial-k3y';
/** These give an answer after all. */
const answers: readonly Behaviour[] = ['cookies', 'different'];
let server: AdversarialServer;
let folder: string;
beforeAll(async () => {
  server = await startAdversarialServer();
  folder = mkdtempSync(join(tmpdir(), 'lichen-adversarial-'));
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

test.each(behaviourNames)('%s', async (behaviour) => {
  const own = join(folder, behaviour);
  const isWaiting = /^hang|^drip/.test(behaviour);
  const model = createLanguageModel({
    baseUrl: server.baseUrl(behaviour),
    apiKey,
    model: 'small-1',
    timeoutMs: isWaiting ? 200 : 30_000,
  });
  const { decisions, recorded } = await decideOnInvoices({
    folder: own,
    model,
    texts: ['Invoice 77', 'Invoice 78'],
  });
  try {
    expect(recorded.map(({ decision }) => [decision.kind, decision.choice])).toEqual([
      ['refusal', 'leave it to the owner'],
      ['refusal', 'leave it to the owner'],
    ]);
    for (const { decision } of recorded) {
      const failures = decision.checks.filter(({ rule }) => rule === 'runtime: model');
      expect(failures).toHaveLength(answers.includes(behaviour) ? 0 : 1);
      // What the server did is what a replay starts from: null, or what it answered.
      const blob = async (sha256: string) => decisions.blobs.get(sha256);
      expect(await replayDecision({ decision, blob })).toMatchObject({ grade: 'B', isSame: true });
    }
  } finally {
    await decisions.close();
  }
  const files = readdirSync(own, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const disk = files.map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1')).join();
  expect(disk).toContain('Invoice 77');
  expect(disk).not.toContain(apiKey);
});
