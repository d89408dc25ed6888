import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { getChainTime, searchFlights } from '@lichen/sdk';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath, type RunningNetwork, startNetwork, until } from './support/network.ts';

const executablePath = chromiumPath();
const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
/** Where screenshots go: into the docs when asked for, else beside the other results. */
const pictures = join(
  import.meta.dirname,
  process.env.LICHEN_SCREENSHOTS === 'docs' ? '../../../docs/images' : '../../../test-results/screenshots',
);
const widths = [390, 1440] as const;
const pages = ['/cover', '/cover/mine', '/oracle', '/model', '/network'] as const;

let network: RunningNetwork;
let browser: Browser;

async function open(width: number, path: string): Promise<{ page: Page; errors: string[] }> {
  const context = await browser.newContext({
    viewport: { width, height: 900 },
    reducedMotion: 'reduce',
    bypassCSP: true,
  });
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  await page.goto(`${network.gatewayUrl}${path}`);
  await page.getByRole('navigation').first().waitFor({ timeout: 30_000 });
  await settledPage(page);
  return { page, errors };
}

/** Waits until the page has its heading and nothing on it is still loading. */
async function settledPage(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).waitFor({ timeout: 30_000 });
  await page.waitForFunction(() => document.querySelector('.mantine-Skeleton-root') === null, undefined, {
    timeout: 30_000,
  });
  await page.waitForLoadState('networkidle');
}

/** Findings of axe that are serious or worse, as one line each. */
async function seriousFindings(page: Page): Promise<string[]> {
  await page.addScriptTag({ path: axe });
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

describe.skipIf(executablePath === undefined)('the console in a real Chromium', () => {
  beforeAll(async () => {
    mkdirSync(pictures, { recursive: true });
    network = await startNetwork({ speed: 60, from: '2013-12-05T15:00' });
    browser = await chromium.launch({
      executablePath: executablePath!,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    });
  });
  afterAll(async () => {
    await browser?.close();
    await network?.stop();
  });

  test.each(widths.flatMap((width) => pages.map((path) => [path, width] as const)))(
    '%s at %i px: no error, nothing serious for axe, nothing wider than the screen',
    async (path, width) => {
      const { page, errors } = await open(width, path);
      await page.screenshot({ path: join(pictures, `${path.slice(1).replace('/', '-')}-${width}.png`) });
      expect(await seriousFindings(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      expect(await page.getByText(/replay of recorded days/i).count()).toBeGreaterThan(0);
      expect(errors).toEqual([]);
      await page.context().close();
    },
  );

  test('a person gets play money, chooses a flight, sees why it costs what it costs, buys, and follows it', async () => {
    const { page, errors } = await open(1440, '/cover');
    await page.getByRole('button', { name: 'Get play money' }).click();
    await page.getByText(/of play money arrived/).waitFor();
    const flight = await until('a flight that leaves in a while', 30_000, async () => {
      const now = await getChainTime(network.client);
      return (await searchFlights(network.client, { from: now + 110, to: now + 300 }))[0];
    });
    await page.goto(`${network.gatewayUrl}/cover/flights/${flight.flightId}`);
    await page.getByRole('heading', { name: 'Why this price' }).waitFor();
    const buy = page.getByRole('button', { name: /^Buy for / });
    await buy.waitFor({ timeout: 60_000 });
    await page.screenshot({ path: join(pictures, 'quote-1440.png') });
    expect(await seriousFindings(page)).toEqual([]);
    await buy.click();
    await page.waitForURL(/\/cover\/policies\/0x/, { timeout: 60_000 });
    await settledPage(page);
    await page.screenshot({ path: join(pictures, 'policy-1440.png') });
    expect(await seriousFindings(page)).toEqual([]);
    await page.goto(`${network.gatewayUrl}/cover/mine`);
    await page.getByText(`${flight.carrier} ${flight.number}`).first().waitFor();
    expect(errors).toEqual([]);
  });

  test('the keyboard alone reaches a flight', async () => {
    const { page } = await open(1440, '/cover');
    await page
      .getByRole('link', { name: /^Cover flight/ })
      .first()
      .waitFor();
    for (let presses = 0; presses < 60; presses++) {
      await page.keyboard.press('Tab');
      const label = await page.evaluate(() => document.activeElement?.textContent ?? '');
      if (label.startsWith('Cover flight')) break;
    }
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/cover\/flights\/0x/);
  });
});

test.runIf(executablePath === undefined)(
  'skipped: no Chromium is installed, so the console was not driven',
  () => {
    process.stderr.write('No Chromium found: the browser tests were skipped.\n');
  },
);
