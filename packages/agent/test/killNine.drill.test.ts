import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { killAgents } from './support/killAgents.ts';
import { type MandateChain, startMandateChain } from './support/mandateChain.ts';

let chain: MandateChain;
const folder = mkdtempSync(join(tmpdir(), 'lichen-kill-'));
beforeAll(async () => {
  chain = await startMandateChain();
});
afterAll(async () => {
  await chain?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('a thousand deaths: nothing unrecorded acts, nothing acts twice, nothing stays open', {
  timeout: 3_600_000,
}, async () => {
  // A seed of one's own finds other moments.
  const onKill = (kills: number) => {
    if (kills % 100 === 0) process.stderr.write(`${kills} deaths\n`);
  };
  const killing = await killAgents(chain, folder, { kills: 1_000, seed: 20_081, onKill });
  process.stdout.write(`${JSON.stringify(killing, null, 1)}\n`);
  for (const { faults } of killing.histories) expect(faults).toEqual([]);
  expect(killing.kills).toBeGreaterThanOrEqual(1_000);
  // Every point was died at.
  expect(Object.keys(killing.deaths).sort()).toEqual(
    [
      'acted',
      'any moment',
      'before-act',
      'decided',
      'intent-recorded',
      'nonce-intent-recorded',
      'nonce-sent',
      'nonce-signed',
      'observed',
      'outcome-recorded',
      'prepared',
      'receipt',
      'reconciled',
      'reconciling',
      'sent',
      'signed',
      'signing',
    ].sort(),
  );
});
