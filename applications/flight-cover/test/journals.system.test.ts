import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseTrustPolicy, verifyReceipt } from '@lichen/protocol';
import { getReceipt, type LichenClient, listDecisions, listJournals, trustPolicyOf } from '@lichen/sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningNetwork, startNetwork } from './support/network.ts';

const crosscheck = fileURLToPath(new URL('../../../tools/journal-crosscheck', import.meta.url));

let network: RunningNetwork;
let client: LichenClient;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lichen-receipts-'));
  network = await startNetwork();
  client = network.client;
});
afterAll(async () => {
  await network?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('the reporters’ journals', () => {
  test('every report is recorded before it is signed, witnessed by the others, and told from the chain', async () => {
    await expect
      .poll(
        async () => {
          const journals = await listJournals(client);
          const decisions = await listDecisions(client, { journal: '1' });
          const settled = decisions.filter(({ decision }) => decision.result?.status === 'settled');
          return {
            journals: journals.length,
            witnessed: journals.every(({ witnessedBy }) => witnessedBy.length >= 4),
            settled: settled.some(({ decision }) => decision.task.startsWith('report round')),
          };
        },
        { timeout: 120_000, interval: 1_000 },
      )
      .toEqual({ journals: 5, witnessed: true, settled: true });
    const decisions = await listDecisions(client, { journal: '1', limit: 256 });
    const outcome = decisions.find(({ decision }) => decision.kind === 'outcome')!;
    const intent = decisions.find(({ leafHash }) => leafHash === outcome.decision.refersTo)!;
    expect(intent.decision).toMatchObject({ kind: 'intent', task: outcome.decision.task });
    expect(intent.index).toBeLessThan(outcome.index);
  });

  test('a receipt is checked offline by the command line, and by nobody’s server', async () => {
    const file = join(folder, 'decision.tlog-proof');
    await expect
      .poll(
        async () =>
          verifyReceipt({
            receipt: await getReceipt(client, { journal: '1', index: 0 }),
            policy: trustPolicyOf(client).policy,
          }).isValid,
        { timeout: 60_000, interval: 1_000 },
      )
      .toBe(true);
    const got = await network.lichen('journal', 'receipt', '1', '0', '--out', file);
    expect(JSON.parse(got.stdout)).toMatchObject({ file, isValid: true });
    const policy = join(network.stateDir, 'trust-policy.txt');
    expect(readFileSync(policy, 'utf8')).toBe(trustPolicyOf(client).text);
    const checked = await network.lichen('verify', file);
    expect([checked.code, JSON.parse(checked.stdout)]).toMatchObject([0, { isValid: true, index: 0 }]);

    const text = readFileSync(file, 'utf8');
    const forged = text.replace(/^extra .*$/m, (line) =>
      line.replace(/.(?=.{30}$)/, (c) => (c === 'A' ? 'B' : 'A')),
    );
    expect(
      verifyReceipt({ receipt: forged, policy: parseTrustPolicy(readFileSync(policy, 'utf8')) }).isValid,
    ).toBe(false);
    writeFileSync(`${file}.forged`, forged);
    expect((await network.lichen('verify', `${file}.forged`)).code).toBe(1);
    expect((await network.lichen('journal', 'receipt', '1', '0', '--out', file)).code).toBe(1);
  });

  test('a whole journal is checked by the command line: files, witnesses, and anchors on the chain', async () => {
    const checked = await network.lichen('journal', 'check', '2');
    expect([checked.code, JSON.parse(checked.stdout)]).toMatchObject([0, { isWhole: true, findings: [] }]);
    const { size, proven, witnessedBy } = JSON.parse(checked.stdout);
    expect(size).toBeGreaterThan(0);
    expect(proven).toBe(size);
    expect(witnessedBy.length).toBeGreaterThanOrEqual(3);
  });

  test('what the gateway hands out of a reporter is its journal and nothing else', async () => {
    for (const path of [
      '../v1/health',
      'tail/0000000000000000.log',
      'tile/..%2f..%2fkeys.json',
      'receipt/-1',
      'witness',
    ]) {
      expect((await fetch(`${network.gatewayUrl}/v1/journals/0/${path}`)).status).toBeGreaterThanOrEqual(400);
    }
    expect((await fetch(`${network.gatewayUrl}/v1/journals/9/checkpoint`)).status).toBe(404);
  });

  test('tools by others accept the files: the Go project’s own code', async () => {
    let go: string;
    try {
      go = execFileSync('go', ['version'], { encoding: 'utf8' });
    } catch {
      process.stdout.write(
        'skipped: Go is not on this machine, so our files were not checked by its tools\n',
      );
      return;
    }
    expect(go).toContain('go version');
    const log = join(network.stateDir, 'reporters', '1', 'journal', 'log');
    expect(existsSync(join(log, 'checkpoint'))).toBe(true);
    const { vkey } = client.config.journals[0]!;
    const copy = join(folder, 'log');
    execFileSync('cp', ['-r', log, copy]);
    const answer = execFileSync('go', ['run', '.', 'check', copy, vkey], {
      cwd: crosscheck,
      encoding: 'utf8',
    });
    expect(answer).toContain('all as they must be');
  });
});
