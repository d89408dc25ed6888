import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { getChainTime, searchFlights } from '@lichen/sdk';
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
const pages = ['/cover', '/cover/mine', '/oracle', '/model', '/network'] as const;

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
