// The trading agent on the screen: a real network, a real Chromium, and the content policy that the gateway sends.
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { getEquity, listDecisions } from '@lichen/sdk';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { settled, startChromium } from '../../accounts/test/support/consoleBrowser.ts';
import {
  chromiumPath,
  type RunningNetwork,
  startNetwork,
  until,
} from '../../flight-cover/test/support/network.ts';

const executablePath = chromiumPath();
const pictures = join(
  import.meta.dirname,
  process.env.LICHEN_SCREENSHOTS === 'docs' ? '../../../docs/images' : '../../../test-results/screenshots',
);
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** Bounded, but far above what it takes: a busy machine is slow. */
const patience = 90_000;
const agentName = 'trading';

let network: RunningNetwork;
let browser: Browser;
/** Of the agent's journal, counted from 1. */
let journal: string;
let contexts: BrowserContext[] = [];

/** A page as a person has it. Unlike those of other tests it goes by the gateway's content policy. */
async function open(path: string, options: { width?: number; dark?: boolean } = {}) {
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1440, height: 900 },
    reducedMotion: 'reduce',
    colorScheme: options.dark === true ? 'dark' : 'light',
  });
  contexts.push(context);
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  const go = async (to: string) => {
    await page.goto(`${network.gatewayUrl.replace('127.0.0.1', 'localhost')}${to}`);
    await settled(page);
  };
  await go(path);
  return { page, errors, go };
}

/** Findings of axe that are serious or worse. Its script is run from outside: the content policy allows no other way. */
async function seriousFindings(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const runner = (
      globalThis as unknown as {
        axe: { run(): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }> };
      }
    ).axe;
    const { violations } = await runner.run();
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
  });
}

/** What can be worked on the page and is not reached by the key Tab, as HTML. */
async function unreached(page: Page): Promise<string[]> {
  await page.evaluate(() => {
    const wanted = 'a[href], button:not(:disabled), input:not(:disabled), summary, [tabindex="0"]';
    const isOpen = (element: Element) =>
      element.checkVisibility({ visibilityProperty: true }) &&
      element.closest('[aria-hidden="true"]') === null &&
      element.getAttribute('tabindex') !== '-1' &&
      // Of a group of radio buttons the chosen one is reached, the others from it by the arrows.
      !(element instanceof HTMLInputElement && element.type === 'radio' && !element.checked);
    const kept = globalThis as unknown as { wanted: Set<Element>; steps: number };
    kept.wanted = new Set([...document.querySelectorAll(wanted)].filter(isOpen));
    kept.steps = kept.wanted.size;
    document.addEventListener('focusin', ({ target }) => kept.wanted.delete(target as Element));
    (document.activeElement as HTMLElement | null)?.blur();
  });
  const steps = await page.evaluate(() => (globalThis as unknown as { steps: number }).steps);
  for (let step = 0; step < steps + 10; step += 1) await page.keyboard.press('Tab');
  return page.evaluate(() =>
    [...(globalThis as unknown as { wanted: Set<Element> }).wanted]
      // A list that is read again replaces its rows.
      .filter((element) => element.isConnected)
      .map((element) => element.outerHTML.slice(0, 200)),
  );
}

/** Place in the journal of the first intent that was carried out. */
function firstAct(): Promise<number> {
  return until('an act that is settled', patience, async () => {
    const listed = await listDecisions(network.client, { journal, limit: 256 });
    return listed.findLast(
      ({ decision, leafHash }) =>
        decision.kind === 'intent' &&
        listed.some(
          (other) => other.decision.refersTo === leafHash && other.decision.result?.status === 'settled',
        ),
    )?.index;
  });
}

describe.skipIf(executablePath === undefined)('the trading agent in a real Chromium', () => {
  beforeAll(async () => {
    mkdirSync(pictures, { recursive: true });
    network = await startNetwork({ speed: 60, from: '2013-12-05T15:00', trading: { daySeconds: 5 } });
    const { agents, journals } = network.client.config;
    const origin = agents.find(({ name }) => name === agentName)!.journal;
    journal = String(journals.findIndex((candidate) => candidate.origin === origin) + 1);
    browser = await startChromium(executablePath!);
  });
  afterEach(async () => {
    await Promise.all(contexts.map((context) => context.close()));
    contexts = [];
  });
  afterAll(async () => {
    await browser?.close();
    await network?.stop();
  });

  test('a decision is verified and replayed in the browser, and the chain names its intent', async () => {
    const index = await firstAct();
    const { page, errors } = await open(`/journal/${journal}/${index}`);
    await page.getByRole('heading', { name: 'How it came about' }).waitFor({ timeout: patience });
    await expect
      .poll(() => page.locator('.react-flow__node').count(), { timeout: patience })
      .toBeGreaterThan(5);
    await page.getByText('The same as a list').click();
    await page.getByRole('listitem').filter({ hasText: 'Ruled by: Rules' }).waitFor();

    const chain = page.getByRole('region', { name: 'What the chain says' });
    await chain.getByText('Names this intent').waitFor({ timeout: patience });

    await page.getByRole('button', { name: 'Replay here' }).click();
    const replay = page.getByRole('region', { name: 'Does it come out the same?' });
    await replay.getByText('Grade A', { exact: true }).waitFor({ timeout: patience });
    await replay.getByText(/the same bit for bit\. Replayed in [\d.]+ ms/).waitFor();
    expect(await replay.locator('li[data-state="passed"]').count()).toBe(5);

    // Witnesses sign a little later than the agent.
    const verify = page.getByRole('region', { name: 'Does it hold?' });
    await expect
      .poll(
        async () => {
          await page.getByRole('button', { name: 'Verify here' }).click();
          await verify.getByText(/checked in [\d.]+ ms/).waitFor({ timeout: patience });
          return verify.getByText('Valid', { exact: true }).count();
        },
        { timeout: patience, interval: 1_000 },
      )
      .toBe(1);

    await page.getByRole('button', { name: 'Read the rules' }).click();
    await page
      .getByRole('region', { name: 'Text of the rules' })
      .getByText(/export function decide/)
      .waitFor();
    await page.getByRole('button', { name: /^Look at it.*input 1$/ }).click();
    await page
      .getByRole('region', { name: 'Text of input 1' })
      .getByText(/"market": "SPX"/)
      .waitFor();
    // Only the workers may compile WebAssembly: nothing that is put into the page can.
    expect(
      await page.evaluate(() =>
        WebAssembly.compile(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)).then(
          () => 'compiled',
          () => 'refused',
        ),
      ),
    ).toBe('refused');
    await page.screenshot({ path: join(pictures, 'decision-1440.png') });
    // The refusal above is the one thing that the console of the browser may complain of.
    expect(errors.filter((error) => !error.includes('WebAssembly'))).toEqual([]);
  });

  test('its page shows curve, bounds and journal, and its audit in the browser is clean', async () => {
    await firstAct();
    const [start] = (await getEquity(network.client, { agent: agentName })).points;
    const { index } = start!;
    const { page, errors } = await open(`/agents/${agentName}`);
    await page
      .getByText(/play money/)
      .first()
      .waitFor();
    await page.getByText(/since the start: /).waitFor({ timeout: patience });
    // The curve leads to its decisions without a mouse, too.
    const slider = page.getByRole('slider', { name: 'Walk through the decisions' });
    await slider.focus();
    await page.keyboard.press('Home');
    await expect.poll(() => slider.getAttribute('aria-valuetext')).toContain(`decision ${index}: `);
    await page.getByRole('link', { name: new RegExp(`^Open decision ${index}\\b`) }).waitFor();
    await page.getByText('Buy shares with play money at the market', { exact: false }).waitFor();
    await page.getByText(/\d of 5 operators/).waitFor({ timeout: patience });

    const audit = page.getByRole('region', { name: 'Audit it' });
    await audit.getByRole('button', { name: 'Audit here' }).click();
    await audit.getByText(/tell the same story/).waitFor({ timeout: patience });
    expect(await audit.getByRole('list', { name: 'Findings' }).allInnerTexts()).toEqual([]);
    await audit.getByText('Clean', { exact: true }).waitFor();
    await audit.getByText(/act[s]? under its mandates/).waitFor();
    await page.screenshot({ path: join(pictures, 'agent-1440.png') });

    await slider.focus();
    await page.keyboard.press('Home');
    await page.getByRole('link', { name: new RegExp(`^Open decision ${index}\\b`) }).click();
    await page.waitForURL(`**/journal/${journal}/${index}`);
    expect(errors).toEqual([]);
  });

  test('it is paused for a reason that its journal keeps, and goes on', async () => {
    const { page, errors } = await open('/agents');
    await page
      .getByText(/play money/)
      .first()
      .waitFor();
    await page.getByRole('link', { name: /your mandates/ }).waitFor();
    const card = page.getByRole('region', { name: 'Trading agent' });
    await card.getByText('Running', { exact: true }).first().waitFor({ timeout: patience });
    await card.getByRole('button', { name: /^Pause/ }).press('Enter');
    // The field has the focus: a reason and Enter are enough.
    await page.keyboard.type('  to look at <b>it</b>\u202e  ');
    await page.keyboard.press('Enter');
    await card.getByRole('button', { name: /^Let it go on/ }).waitFor({ timeout: patience });
    await card.getByText('Paused', { exact: true }).first().waitFor();
    // The head that covers it is signed within a second or two.
    const pause = await until('the pause in the journal', patience, async () =>
      (await listDecisions(network.client, { journal, limit: 256 })).find(
        ({ decision }) => decision.kind === 'pause',
      ),
    );
    expect(JSON.stringify(pause.decision)).toContain('to look at <b>it</b>');
    await card.getByText('to look at <b>it</b>\\u202e', { exact: false }).waitFor({ timeout: patience });

    await card.getByRole('button', { name: /^Let it go on/ }).click();
    await page.getByLabel('Why may it go on?').fill('enough seen');
    await page.keyboard.press('Enter');
    await card.getByRole('button', { name: /^Pause/ }).waitFor({ timeout: patience });
    await card.getByText('Running', { exact: true }).first().waitFor();
    expect(errors).toEqual([]);
  });

  test('all of it is reached by the keyboard and accessible, narrow and wide, dark and light', async () => {
    const index = await firstAct();
    const paths = ['/agents', `/agents/${agentName}`, `/journal/${journal}/${index}`, '/journal'];
    for (const [width, dark] of [
      [1440, false],
      [390, true],
    ] as const) {
      const { page, go, errors } = await open('/agents', { width, dark });
      for (const path of paths) {
        await go(path);
        const name = `${path} at ${width}`;
        expect(await seriousFindings(page), name).toEqual([]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth), name).toBeLessThanOrEqual(
          width,
        );
        expect(await unreached(page), name).toEqual([]);
      }
      await go(`/agents/${agentName}`);
      await page.screenshot({
        path: join(pictures, `agent-${width}${dark ? '-dark' : ''}-full.png`),
        fullPage: true,
      });
      expect(errors).toEqual([]);
    }
  });
});
