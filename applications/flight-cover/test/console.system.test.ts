import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { getChainTime, listJournals, searchFlights } from '@lichen/sdk';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Device,
  openDevice,
  originOf,
  seriousFindings,
  settled,
  startChromium,
} from '../../accounts/test/support/consoleBrowser.ts';
import { chromiumPath, type RunningNetwork, startNetwork, until } from './support/network.ts';

const executablePath = chromiumPath();
/** Where screenshots go: into the docs when asked for, else beside the other results. */
const pictures = join(
  import.meta.dirname,
  process.env.LICHEN_SCREENSHOTS === 'docs' ? '../../../docs/images' : '../../../test-results/screenshots',
);
const widths = [390, 1440] as const;
const pages = ['/cover', '/cover/mine', '/oracle', '/journal', '/verify', '/model', '/network'] as const;

let network: RunningNetwork;
let browser: Browser;

/** A fresh browser on a page, once nothing on it is still loading. */
async function open(width: number, path: string): Promise<Device> {
  const device = await openDevice(browser, originOf(network.gatewayUrl), { width });
  await device.go(path);
  await device.page.waitForLoadState('networkidle');
  return device;
}

describe.skipIf(executablePath === undefined)('the console in a real Chromium', () => {
  beforeAll(async () => {
    mkdirSync(pictures, { recursive: true });
    network = await startNetwork({ speed: 60, from: '2013-12-05T15:00' });
    browser = await startChromium(executablePath!);
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

  test('a person without an account chooses a flight, sees why it costs what it costs, buys, and follows it', async () => {
    const { page, errors } = await open(1440, '/cover');
    const flight = await until('a flight that leaves in a while', 30_000, async () => {
      const now = await getChainTime(network.client);
      return (await searchFlights(network.client, { from: now + 110, to: now + 300 }))[0];
    });
    await page.goto(`${originOf(network.gatewayUrl)}/cover/flights/${flight.flightId}`);
    await page.getByRole('heading', { name: 'Why this price' }).waitFor();
    const buy = page.getByRole('button', { name: /^Create your account and buy for / });
    await buy.waitFor({ timeout: 60_000 });
    await page.screenshot({ path: join(pictures, 'quote-1440.png') });
    expect(await seriousFindings(page)).toEqual([]);
    await buy.click();
    await page.waitForURL(/\/cover\/policies\/0x/, { timeout: 60_000 });
    await page.getByRole('heading', { name: 'What you bought' }).waitFor();
    await settled(page);
    await page.screenshot({ path: join(pictures, 'policy-1440.png') });
    expect(await seriousFindings(page)).toEqual([]);
    await page.goto(`${originOf(network.gatewayUrl)}/cover/mine`);
    await page.getByText(`${flight.carrier} ${flight.number}`).first().waitFor();
    await page.getByRole('button', { name: 'Get play money' }).click();
    await page
      .getByText(/final after/)
      .first()
      .waitFor({ timeout: 60_000 });
    expect(errors).toEqual([]);
  });

  test('a decision is looked at and verified in the browser, and its receipt from a file with the network off', async () => {
    await until('a journal with a witnessed head', 60_000, async () => {
      const [first] = await listJournals(network.client);
      return first!.head !== undefined && first!.head.size >= 2 && first!.witnessedBy.length >= 4
        ? first
        : undefined;
    });
    const { page, context, errors } = await open(1440, '/journal');
    await page.getByRole('link', { name: 'Reporter 1' }).click();
    await page.getByRole('heading', { name: 'Journal of Reporter 1' }).waitFor();
    await settled(page);
    await page.screenshot({ path: join(pictures, 'journal-decisions-1440.png') });
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByRole('row').filter({ hasText: 'Intent' }).last().getByRole('link').click();
    await page.getByRole('heading', { name: 'What it saw' }).waitFor();
    const button = page.getByRole('button', { name: /^Look at it/ });
    await button.first().click();
    await page.getByRole('region', { name: 'Text of input 1' }).waitFor();
    // A head is signed before its witnesses have seen it: a receipt of that moment does not hold yet.
    await until('a receipt that holds', 30_000, async () => {
      await page.getByRole('button', { name: 'Verify here' }).click();
      await page.getByText(/checked in \d+(\.\d)? ms in this browser/).waitFor();
      return (await page.getByText('Valid', { exact: true }).count()) === 1 ? true : undefined;
    });
    const checks = page.getByRole('list', { name: 'Checks' }).getByRole('listitem');
    expect(await checks.count()).toBe(7);
    expect(await checks.nth(5).textContent()).toMatch(/passed.*1 of 1 inputs are at hand/);
    for (const width of widths) {
      await page.setViewportSize({ width, height: 900 });
      await page.screenshot({ path: join(pictures, `reporter-decision-${width}.png`), fullPage: true });
      expect(await seriousFindings(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    }
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.screenshot({ path: join(pictures, 'reporter-decision-1440-dark.png'), fullPage: true });
    expect(await seriousFindings(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: 'light' });
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download receipt' }).click(),
    ]);
    const receipt = readFileSync(await download.path(), 'utf8');
    expect(errors).toEqual([]);

    await page.setViewportSize({ width: 1440, height: 900 });
    await page.goto(`${originOf(network.gatewayUrl)}/verify`);
    await page.getByText('No receipt is chosen yet').waitFor();
    await context.setOffline(true);
    const choose = (name: string, text: string) =>
      page
        .getByLabel('Receipt file')
        .setInputFiles({ name, mimeType: 'text/plain', buffer: Buffer.from(text) });
    const found = page.getByRole('region', { name: 'What was found' });
    await choose(download.suggestedFilename(), receipt);
    await found.getByText(/^decision-\d+\.tlog-proof, against the policy of this network/).waitFor();
    await found.getByText('Valid', { exact: true }).waitFor({ timeout: 30_000 });
    const at = receipt.indexOf('extra ') + 200;
    const flipped = `${receipt.slice(0, at)}${receipt[at] === 'A' ? 'B' : 'A'}${receipt.slice(at + 1)}`;
    await choose('flipped.tlog-proof', flipped);
    await found.getByText('Not valid').waitFor();
    await found.getByText('the proof does not lead from this decision to the head').waitFor();
    for (const width of widths) {
      await page.setViewportSize({ width, height: 900 });
      await page.screenshot({ path: join(pictures, `verify-flipped-${width}.png`), fullPage: true });
      expect(await seriousFindings(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    }
    await context.close();
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
