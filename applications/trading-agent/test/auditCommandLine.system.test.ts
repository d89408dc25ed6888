import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { journalKeyOf, vkeyTextOf } from '@lichen/protocol';
import type { AuditReport } from '@lichen/sdk';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { chromiumPath } from '../../flight-cover/test/support/network.ts';
import { type AuditChain, startAuditChain } from './audit/auditChain.ts';
import { newStage, type Stage } from './audit/auditedJournal.ts';

// `lichen audit` of somebody else's journal, as its own process, and the page that it writes in a real browser.

let chain: AuditChain;
beforeAll(async () => {
  chain = await startAuditChain();
});
afterAll(() => chain?.stop());

const run = promisify(execFile);
const main = join(import.meta.dirname, '../../../apps/cli/src/main.ts');

async function lichen(args: readonly string[]) {
  const all = ['--disable-warning=ExperimentalWarning', main, ...args];
  return run(process.execPath, all).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: { code: number; stdout: string; stderr: string }) => error,
  );
}

const argumentsOf = (stage: Stage) => [
  'audit',
  '--journal',
  stage.folder,
  '--vkey',
  vkeyTextOf(journalKeyOf(stage.origin, new Uint8Array(32).fill(9))),
  '--agent',
  stage.agent.address,
  '--account',
  stage.account,
  '--rpc',
  chain.url,
  '--executor',
  chain.client.config.accounts!.mandateExecutor,
  '--anchor',
  chain.anchor,
];

test('0 for clean, 2 where no audit can be made', async () => {
  const honest = await newStage(chain);
  await honest.trade(1n);
  await honest.anchorHead();
  const clean = await lichen(argumentsOf(honest));
  expect(clean.code).toBe(0);
  expect(clean.stdout).toMatch(/^Clean: /);
  expect(clean.stderr).toContain('auditing journal');
  const unnamed = await lichen(['audit', '--journal', honest.folder, '--json']);
  expect(unnamed.code).toBe(2);
  expect(JSON.parse(unnamed.stderr.trim().split('\n').at(-1)!)).toMatchObject({
    error: 'bad-input',
    got: 'no --vkey',
  });
  const silent = await lichen(
    argumentsOf(honest).map((word) => (word === chain.url ? 'http://127.0.0.1:9' : word)),
  );
  expect(silent.code).toBe(2);
  expect(silent.stderr).not.toContain('fault of ours');
});

test('1 for faults; what a journal says is text on the page and runs nowhere', async () => {
  const stage = await newStage(chain);
  const hostile =
    '"><script>document.title="run"</script><img src=x onerror=\'document.title="run"\'><svg onload=alert(1)>';
  const calls = [stage.transfer(1n)];
  const intent = await stage.intend(calls, {
    choice: hostile,
    checks: [{ rule: hostile, got: `</code>${hostile}`, limit: `\u202e${hostile}`, passed: false }],
  });
  const receipt = await stage.act(intent.leafHash, calls);
  await stage.conclude(intent, receipt, { amounts: [{ amount: '-1', asset: `javascript:${hostile}` }] });
  await stage.anchorHead();
  const page = join(stage.folder, 'audit.html');
  const faulty = await lichen([...argumentsOf(stage), '--json', '--html', page]);
  expect(faulty.code).toBe(1);
  const report = JSON.parse(faulty.stdout) as AuditReport;
  expect(report.findings.map(({ code }) => code).sort()).toEqual(['amounts-unreadable', 'check-failed']);

  const html = readFileSync(page, 'utf8');
  expect(html).toContain('NOT CLEAN: 2 faults.');
  expect(html).not.toMatch(/<script|<img|<iframe|<link|https?:\/\//i);
  const executablePath = chromiumPath();
  if (executablePath === undefined) return;
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  try {
    const tab = await browser.newPage({ viewport: { width: 390, height: 844 } });
    const asked: string[] = [];
    const said: string[] = [];
    tab.on('request', (request) => asked.push(request.url()));
    tab.on('console', (message) => said.push(message.text()));
    tab.on('dialog', (dialog) => dialog.dismiss());
    const url = pathToFileURL(page).href;
    await tab.goto(url);
    expect(await tab.title()).toBe(`Audit of ${stage.agent.address}`);
    expect(await tab.locator('script, img, iframe, [onload], [onerror]').count()).toBe(0);
    expect(await tab.locator('.finding.fault').count()).toBe(2);
    expect(await tab.getByText('document.title').count()).toBeGreaterThan(0);
    // Nothing besides the page itself was asked for, and nothing had to be kept from being.
    expect(asked).toEqual([url]);
    expect(said).toEqual([]);
    const isWider = await tab.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
    expect(isWider).toBe(false);
  } finally {
    await browser.close();
  }
});
