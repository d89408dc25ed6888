import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { getChainTime, listMandates, searchFlights } from '@lichen/sdk';
import type { Browser, Page } from 'playwright-core';
import { generatePrivateKey, privateKeyToAddress } from 'viem/accounts';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  chromiumPath,
  type RunningNetwork,
  startNetwork,
  until,
} from '../../flight-cover/test/support/network.ts';
import {
  type Device,
  type DeviceOptions,
  openDevice,
  originOf,
  seriousFindings,
  settled,
  startChromium,
} from './support/consoleBrowser.ts';

const executablePath = chromiumPath();
const pictures = join(
  import.meta.dirname,
  process.env.LICHEN_SCREENSHOTS === 'docs' ? '../../../docs/images' : '../../../test-results/screenshots',
);
/** An act needs a block, and a busy machine is slow: bounded, but far above what it takes. */
const patience = 90_000;
const pages = [
  ['/account', 'account'],
  ['/account/mandates', 'account-agents'],
  ['/account/devices', 'account-devices'],
  ['/account/guardians', 'account-guardians'],
  ['/account/vault-key', 'account-vault-key'],
] as const;

let network: RunningNetwork;
let browser: Browser;
let origin: string;
let devices: Device[] = [];

async function device(options: DeviceOptions = {}): Promise<Device> {
  const opened = await openDevice(browser, origin, options);
  devices.push(opened);
  return opened;
}

/** Waits for the end of the act that is under way; throws what the page says when it failed. */
async function untilFinal(page: Page): Promise<void> {
  const bar = page.locator('[data-phase="final"], [data-phase="failed"]');
  await bar.first().waitFor({ timeout: patience });
  if ((await page.locator('[data-phase="failed"]').count()) > 0)
    throw new Error(await bar.first().innerText());
  await page.getByRole('button', { name: 'Dismiss this message' }).first().click();
}

/** Presses a button and waits until what it does is final. */
async function act(page: Page, name: string | RegExp): Promise<void> {
  // What came before may still be there to be read.
  const dismiss = page.getByRole('button', { name: 'Dismiss this message' });
  if ((await dismiss.count()) > 0) await dismiss.first().click();
  await page.getByRole('button', { name }).first().click({ timeout: patience });
  await untilFinal(page);
}

/** Opens the quote of a flight that leaves in a while. */
async function openQuote(at: Device): Promise<void> {
  const flight = await until('a flight that leaves in a while', patience, async () => {
    const now = await getChainTime(network.client);
    return (await searchFlights(network.client, { from: now + 130, to: now + 340 }))[0];
  });
  await at.go(`/cover/flights/${flight.flightId}`);
}

async function newAccount(at: Device, name?: string): Promise<void> {
  await at.go('/account');
  if (name !== undefined) await at.page.getByLabel('Name on your device').fill(name);
  await act(at.page, 'Create your account');
  await at.page.getByRole('heading', { name: 'Balance' }).waitFor({ timeout: patience });
}

/** Opens the vault key by the passkey, or makes it where there is none, and returns the person's box. */
async function openVault(at: Device): Promise<string> {
  await at.go('/account/vault-key');
  const make = at.page.getByRole('button', { name: 'Make my vault key' });
  // Where the passkey gave its secret while it was made, the key is there already.
  await act(at.page, (await make.count()) > 0 ? 'Make my vault key' : 'Open it');
  await at.page.getByText('Open in this page').waitFor({ timeout: patience });
  return at.page.getByTestId('box').innerText({ timeout: patience });
}

/** The address of the account in use, as the browser remembers it. */
function addressOf(at: Device): Promise<`0x${string}`> {
  return at.page.evaluate(() => {
    const key = Object.keys(localStorage).find((name) => name.startsWith('lichen.accounts.'));
    return JSON.parse(localStorage.getItem(key ?? '') ?? '[]')[0].address;
  });
}

describe.skipIf(executablePath === undefined)('accounts in a real Chromium', () => {
  beforeAll(async () => {
    mkdirSync(pictures, { recursive: true });
    network = await startNetwork({ speed: 60, from: '2013-12-05T15:00' });
    origin = originOf(network.gatewayUrl);
    browser = await startChromium(executablePath!);
  });
  afterEach(async () => {
    await Promise.all(devices.map((opened) => opened.close()));
    devices = [];
  });
  afterAll(async () => {
    await browser?.close();
    await network?.stop();
  });

  test('a newcomer in a fresh browser buys cover with one prompt, and later again with one', async () => {
    const fresh = await device();
    const { page } = fresh;
    await openQuote(fresh);
    const first = page.getByRole('button', { name: /^Create your account and buy for / });
    await first.waitFor({ timeout: patience });
    await page.screenshot({ path: join(pictures, 'newcomer-1440.png') });
    expect(await seriousFindings(page)).toEqual([]);
    expect(fresh.prompts()).toEqual({ create: 0, get: 0 });
    await first.click();
    await page.waitForURL(/\/cover\/policies\/0x/, { timeout: patience });
    expect(fresh.prompts()).toEqual({ create: 1, get: 0 });
    await settled(page);
    await page.getByText(/set aside for you/).waitFor({ timeout: patience });

    await openQuote(fresh);
    const later = page.getByRole('button', { name: /^Buy for / });
    await later.click({ timeout: patience });
    await page.waitForURL(/\/cover\/policies\/0x/, { timeout: patience });
    expect(fresh.prompts()).toEqual({ create: 0, get: 1 });

    await fresh.go('/account/mandates');
    const session = page.getByRole('region', { name: 'This device, first steps' });
    await session.waitFor({ timeout: patience });
    await session.getByText(/Buy flight cover, up to/).waitFor();
    await session.getByText('1 call').first().waitFor();
    expect(fresh.errors).toEqual([]);
  });

  test('a newcomer whose first operation cannot be sent keeps the passkey and goes on with it', async () => {
    const unlucky = await device();
    const { page } = unlucky;
    await openQuote(unlucky);
    await page.route('**/bundler', (route) => route.abort());
    await page
      .getByRole('button', { name: /^Create your account and buy for / })
      .click({ timeout: patience });
    await page.locator('[data-phase="failed"]').waitFor({ timeout: patience });
    const address = await addressOf(unlucky);
    await page.unroute('**/bundler');
    unlucky.prompts();
    await page.reload();
    await page.getByRole('button', { name: /^Buy for / }).click({ timeout: patience });
    await page.waitForURL(/\/cover\/policies\/0x/, { timeout: patience });
    expect(unlucky.prompts()).toEqual({ create: 0, get: 1 });
    expect(await unlucky.credentials()).toHaveLength(1);
    expect(await addressOf(unlucky)).toBe(address);
  });

  test('a browser that never saw the account finds it by its passkey', async () => {
    const old = await device();
    await newAccount(old);
    const [passkey] = await old.credentials();
    const young = await device();
    // What a passkey manager does when it carries a passkey to another device of the same person.
    await young.addCredential(passkey!);
    await young.go('/account');
    young.prompts();
    await young.page.getByRole('button', { name: 'Sign in' }).last().click();
    await young.page.getByRole('heading', { name: 'Balance' }).waitFor({ timeout: patience });
    expect(young.prompts()).toEqual({ create: 0, get: 1 });
    expect(await addressOf(young)).toBe(await addressOf(old));
    // What it found can sign.
    await act(young.page, /^Get 1,000.00 pUSD/);
    await young.page.getByText('2,000.00 pUSD').first().waitFor({ timeout: patience });
    // Signing out forgets it here, and nothing else.
    await young.page.getByRole('button', { name: 'Sign out' }).click();
    await young.page.getByRole('button', { name: 'Create your account' }).waitFor();
    expect(await young.credentials()).toHaveLength(1);
    await young.page.reload();
    await young.page.getByRole('button', { name: 'Create your account' }).waitFor({ timeout: patience });
  });

  test('a passkey of nobody finds no account', async () => {
    const stranger = await device();
    await newAccount(stranger);
    const [passkey] = await stranger.credentials();
    const thief = await device();
    await thief.addCredential({
      ...passkey!,
      userHandle: Buffer.from(new Uint8Array(32).fill(7)).toString('base64'),
    });
    await thief.go('/account');
    await thief.page.getByRole('button', { name: 'Sign in' }).last().click();
    await thief.page
      .getByText('No account of this network holds that passkey.')
      .waitFor({ timeout: patience });
  });

  test('the same name twice makes two passkeys, and the passkey of one account cannot sign for the other', async () => {
    const shared = await device();
    const { page } = shared;
    await newAccount(shared, 'Anna');
    const first = await addressOf(shared);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await newAccount(shared, 'Anna');
    const second = await addressOf(shared);
    expect(second).not.toBe(first);
    const held = await shared.credentials();
    expect(held).toHaveLength(2);
    expect(new Set(held.map(({ userHandle }) => userHandle)).size).toBe(2);

    // A page that lets the other passkey answer, as an authenticator that ignores the list would.
    const sent: string[] = [];
    page.on('request', (request) => {
      if (request.postData()?.includes('eth_sendUserOperation') === true) sent.push(request.url());
    });
    const remembered = await page.evaluate(() => {
      const key = Object.keys(localStorage).find((name) => name.startsWith('lichen.accounts.'));
      return JSON.parse(localStorage.getItem(key ?? '') ?? '[]')[0].credentialId as string;
    });
    const foreign = held.find(
      ({ credentialId }) => `0x${Buffer.from(credentialId, 'base64').toString('hex')}` !== remembered,
    )!;
    await page.evaluate((id) => {
      const original = navigator.credentials.get.bind(navigator.credentials);
      navigator.credentials.get = (options) =>
        original({
          publicKey: {
            ...options!.publicKey!,
            allowCredentials: [
              { type: 'public-key', id: Uint8Array.from(atob(id), (letter) => letter.charCodeAt(0)) },
            ],
          },
        });
    }, foreign.credentialId);
    await page.getByRole('button', { name: /^Get 1,000.00 pUSD/ }).click();
    await page
      .getByText('That passkey belongs to another account. Nothing was sent.')
      .waitFor({ timeout: patience });
    expect(sent).toEqual([]);
    // And where the right passkey is gone, the browser itself refuses.
    await page.reload();
    await settled(page);
    await shared.removeCredential(held.find((one) => one !== foreign)!.credentialId);
    await page.getByRole('button', { name: /^Get 1,000.00 pUSD/ }).click();
    await page.getByText('Nothing was signed.').waitFor({ timeout: patience });
    expect(sent).toEqual([]);
  });

  test('who may act: grant, pause, revoke, pause everything and revoke all are one prompt each', async () => {
    const person = await device();
    const { page } = person;
    await newAccount(person);
    const account = await addressOf(person);
    await person.go('/account/mandates');
    await act(page, 'Revoke all');
    await page.getByText('Nobody may act for you').waitFor({ timeout: patience });
    const statuses = async () =>
      (await listMandates(network.client, { account })).map(({ label, status }) => `${label}: ${status}`);
    const card = (label: string) => page.getByRole('region', { name: label, exact: true });
    const grant = async (label: string, pay: boolean) => {
      if (pay) await page.getByText('Pay somebody').click();
      await page.getByLabel('Address of the agent').fill(privateKeyToAddress(generatePrivateKey()));
      if (pay) await page.getByLabel('Whom it may pay').fill(privateKeyToAddress(generatePrivateKey()));
      await page.getByLabel('Your name for it').fill(label);
      person.prompts();
      await act(page, 'Let it act');
      expect(person.prompts()).toEqual({ create: 0, get: 1 });
      await card(label).waitFor({ timeout: patience });
    };
    await grant('Cover agent', false);
    await card('Cover agent').getByText('Buy flight cover, up to 25.00 pUSD each time').waitFor();
    await grant('Rent', true);
    await card('Rent')
      .getByText(/Send play money to 0x.+ only, up to 25.00 pUSD each time/)
      .waitFor();
    await page.screenshot({ path: join(pictures, 'agents-1440.png'), fullPage: true });

    await card('Rent').getByRole('button', { name: 'Pause' }).click();
    await untilFinal(page);
    await card('Rent').getByText('Paused').waitFor({ timeout: patience });
    await card('Rent').getByRole('button', { name: 'Let it go on' }).click();
    await untilFinal(page);
    await card('Rent').getByText('May act').waitFor({ timeout: patience });
    await card('Rent').getByRole('button', { name: 'Revoke' }).click();
    await untilFinal(page);
    expect(person.prompts()).toEqual({ create: 0, get: 3 });
    expect(await statuses()).toContain('Rent: revoked');

    await act(page, 'Pause everything');
    await page.getByText('Everything is paused').waitFor({ timeout: patience });
    expect(person.prompts()).toEqual({ create: 0, get: 1 });
    expect(await statuses()).toContain('Cover agent: paused');
    await act(page, 'Let them go on');
    await act(page, 'Revoke all');
    expect(person.prompts()).toEqual({ create: 0, get: 2 });
    await page.getByText('Nobody may act for you').waitFor({ timeout: patience });
    expect((await statuses()).every((line) => line.endsWith('revoked'))).toBe(true);
    // A form that is not complete asks nobody.
    await page.getByText('Buy flight cover', { exact: true }).first().click();
    await page.getByLabel('Address of the agent').fill('0x1234');
    await page.getByRole('button', { name: 'Let it act' }).click();
    await page.getByText('The agent is no address.').waitFor();
    expect(person.prompts()).toEqual({ create: 0, get: 0 });
    expect(person.errors).toEqual([]);
  });

  test('a second device comes in by code, and removes the first when it is lost', async () => {
    const lost = await device();
    await newAccount(lost);
    await lost.go('/account/devices');
    const account = await addressOf(lost);
    const other = await device({ width: 390 });
    await other.go(`/add-device#${account}`);
    await other.page.getByRole('button', { name: 'Make a passkey on this device' }).click();
    const code = await other.page.getByTestId('offer').innerText({ timeout: patience });
    await other.page.screenshot({ path: join(pictures, 'add-device-390.png'), fullPage: true });
    expect(await seriousFindings(other.page)).toEqual([]);

    // A code of another account is refused before anybody is asked.
    const { page } = lost;
    lost.prompts();
    await page.getByLabel('Code of the new device').fill(code.slice(0, -3));
    await page.getByText('That is not the code of a new device.').waitFor();
    await page.getByLabel('Code of the new device').fill(code);
    const short = await other.page.getByText(/^[0-9A-Z]{4}-[0-9A-Z]{4}$/).innerText();
    await page.getByText(short, { exact: true }).waitFor();
    await act(page, 'They are the same: add it');
    expect(lost.prompts()).toEqual({ create: 0, get: 1 });
    await other.page.getByRole('heading', { name: 'This device is in' }).waitFor({ timeout: patience });
    await page.getByText('Device 2', { exact: true }).waitFor({ timeout: patience });

    await other.go('/account/devices');
    await other.page.getByText('This device').first().waitFor({ timeout: patience });
    await other.page.getByRole('button', { name: 'Remove device 1' }).click();
    other.prompts();
    await act(other.page, 'Remove device 1 for good');
    expect(other.prompts()).toEqual({ create: 0, get: 1 });
    await other.page.getByText('This is your only device.').waitFor({ timeout: patience });

    await lost.go('/account');
    await page.getByRole('button', { name: /^Get 1,000.00 pUSD/ }).click();
    await page.locator('[data-phase="failed"]').waitFor({ timeout: patience });
    await act(other.page, 'Get play money');
    expect(other.errors).toEqual([]);
  });

  test('guardians: an attack is noticed and refused; a real recovery brings the account to a new device', async () => {
    const [owner, guardian, another] = [await device(), await device(), await device()];
    for (const person of [owner, guardian, another]) await newAccount(person);
    const [account, first, second] = await Promise.all([owner, guardian, another].map(addressOf));
    await owner.go('/account/guardians');
    await owner.page.getByRole('button', { name: 'Run the drill' }).click();
    await owner.page.getByText('You have no guardians: a recovery cannot even begin.').waitFor();
    await owner.page.getByLabel('Their addresses').fill(`${first}\n${second}`);
    await owner.page.getByLabel('Time to refuse').selectOption('60');
    owner.prompts();
    await act(owner.page, 'Set guardians');
    expect(owner.prompts()).toEqual({ create: 0, get: 1 });
    await owner.page.getByText('Guardian 2', { exact: true }).waitFor({ timeout: patience });
    await owner.page.getByRole('button', { name: 'Run the drill' }).click();
    await owner.page.getByText(/2 of 2 guardians must agree, and 2 have an account/).waitFor();
    await owner.page.screenshot({ path: join(pictures, 'guardians-1440.png'), fullPage: true });

    // The guardians also keep shares of the vault key, sealed for them.
    const boxes = [await openVault(guardian), await openVault(another)];
    const box = await openVault(owner);
    await owner.page.getByLabel(/^Box of guardian 1/).fill(boxes[0]!);
    await owner.page.getByRole('button', { name: 'Make the shares' }).click();
    await owner.page.getByText('The box of guardian 2 is missing.').waitFor({ timeout: patience });
    await owner.page.getByLabel(/^Box of guardian 2/).fill(boxes[1]!);
    await act(owner.page, 'Make the shares');
    const sealed: string[] = [];
    await owner.page.exposeFunction('takeCopy', (text: string) => sealed.push(text));
    await owner.page.evaluate(() => {
      const { takeCopy } = globalThis as unknown as { takeCopy(text: string): Promise<void> };
      navigator.clipboard.writeText = takeCopy;
    });
    for (const position of [1, 2]) {
      await owner.page.getByRole('button', { name: `Copy share of guardian ${position}` }).click();
    }
    await expect.poll(() => sealed.length).toBe(2);
    await owner.go('/account/guardians');
    await owner.page.getByRole('button', { name: 'Run the drill' }).click();
    await owner.page.getByText(/The vault key, if enough guardians hand you the shares/).waitFor();

    /** A new browser asks; the guardians propose and agree. */
    const ask = async (): Promise<Device> => {
      const young = await device();
      await young.go('/recover');
      await young.page.getByLabel('Address of the account').fill(account!);
      await young.page.getByRole('button', { name: 'Make a passkey on this device' }).click();
      const code = await young.page.getByTestId('offer').innerText({ timeout: patience });
      for (const [person, button] of [
        [guardian, 'It is them: propose it'],
        [another, 'It is them: agree'],
      ] as const) {
        await person.go('/account/guardians');
        await person.page.getByLabel('Code of their new device').fill(code);
        await act(person.page, button);
      }
      return young;
    };
    await ask();
    const notice = owner.page.getByRole('complementary', { name: 'Recovery under way' });
    await notice.getByText(/Enough agree/).waitFor({ timeout: patience });
    await owner.page.screenshot({ path: join(pictures, 'recovery-notice-1440.png') });
    expect(await seriousFindings(owner.page)).toEqual([]);
    await act(owner.page, 'Refuse it');
    await notice.waitFor({ state: 'detached', timeout: patience });

    const young = await ask();
    await guardian.page.getByText('You are a guardian of').waitFor({ timeout: patience });
    const carry = guardian.page.getByRole('button', { name: 'Carry it out' });
    await carry.waitFor({ timeout: patience });
    await expect.poll(() => carry.isEnabled(), { timeout: 150_000, interval: 1_000 }).toBe(true);
    await act(guardian.page, 'Carry it out');
    await young.page.getByRole('heading', { name: 'It is yours again' }).waitFor({ timeout: patience });
    expect(await addressOf(young)).toBe(account);
    await young.go('/account');
    await act(young.page, /^Get 1,000.00 pUSD/);

    // The recovery brought no vault key; the guardians' shares do.
    const lines: string[] = [];
    for (const [position, person] of [guardian, another].entries()) {
      await openVault(person);
      await person.page.getByLabel('Share that you keep').fill(sealed[position]!);
      await act(person.page, 'Open it for them');
      lines.push(await person.page.getByText(/^lichen-open-share\./).innerText());
    }
    await young.go('/account/vault-key');
    await young.page.getByText('By guardians’ shares').click();
    await young.page.getByLabel('Shares, one a line').fill(lines[0]!);
    await young.page.getByRole('button', { name: 'Bring it here' }).click();
    await young.page.getByText('These are too few shares.').waitFor({ timeout: patience });
    await young.page.getByLabel('Shares, one a line').fill(lines.join('\n'));
    await young.page.getByRole('button', { name: 'Bring it here' }).click();
    await young.page.getByText('Open in this page').waitFor({ timeout: patience });
    expect(await young.page.getByTestId('box').innerText()).toBe(box);

    await owner.go('/account');
    await owner.page.getByRole('button', { name: /^Get 1,000.00 pUSD/ }).click();
    await owner.page.locator('[data-phase="failed"]').waitFor({ timeout: patience });
  }, 480_000);

  test('the vault key is sealed by the passkey, and comes to another device by code', async () => {
    const person = await device();
    const { page } = person;
    await newAccount(person);
    const box = await openVault(person);
    await page.getByRole('button', { name: 'Make a recovery code' }).click();
    const code = await page.getByTestId('recovery-code').innerText();
    await page.getByLabel(/I wrote it down/).check();
    await act(page, 'Seal my vault key with it');
    const sealed = await page.getByTestId('sealed-key').innerText();
    await page.screenshot({ path: join(pictures, 'vault-key-1440.png'), fullPage: true });
    expect(await seriousFindings(page)).toEqual([]);

    const [passkey] = await person.credentials();
    const young = await device();
    await young.addCredential(passkey!);
    await young.go('/account');
    await young.page.getByRole('button', { name: 'Sign in' }).last().click();
    await young.page.getByRole('heading', { name: 'Balance' }).waitFor({ timeout: patience });
    await young.go('/account/vault-key');
    await young.page.getByLabel('Sealed copy').fill(sealed);
    await young.page
      .getByRole('textbox', { name: 'Recovery code', exact: true })
      .fill(code.replace(/^./, (letter) => (letter === 'A' ? 'B' : 'A')));
    await young.page.getByRole('button', { name: 'Bring it here' }).click();
    await young.page.getByText('That is not a recovery code.').waitFor();
    await young.page.getByRole('textbox', { name: 'Recovery code', exact: true }).fill(code);
    await young.page.getByRole('button', { name: 'Bring it here' }).click();
    await young.page.getByText('Open in this page').waitFor({ timeout: patience });
    expect(await young.page.getByTestId('box').innerText()).toBe(box);
  });

  test('without PRF a recovery code is offered in its place, and the key stays sealed by it', async () => {
    const plain = await device({ hasPrf: false });
    const { page } = plain;
    await newAccount(plain);
    await plain.go('/account/vault-key');
    await page.getByText('no, it has no PRF').waitFor();
    expect(await page.getByRole('button', { name: 'Make my vault key' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Make a recovery code' }).click();
    const code = await page.getByTestId('recovery-code').innerText();
    await page.getByLabel(/I wrote it down/).check();
    plain.prompts();
    await act(page, 'Seal my vault key with it');
    await page.reload();
    await settled(page);
    await page.getByText('Sealed here').waitFor();
    await page.getByRole('textbox', { name: 'Recovery code', exact: true }).fill(code);
    await act(page, 'Open it with the code');
    await page.getByText('Open in this page').waitFor({ timeout: patience });
    expect(plain.prompts()).toEqual({ create: 0, get: 0 });
  });

  test.each(
    ([390, 1440] as const).flatMap((width) =>
      (['light', 'dark'] as const).map((scheme) => [width, scheme] as const),
    ),
  )(
    'at %i px in %s colours every page is clean for axe and no wider than the screen',
    async (width, colorScheme) => {
      const person = await device({ width, colorScheme });
      const { page } = person;
      const look = async (name: string) => {
        await page.screenshot({
          path: join(pictures, `${name}-${width}${colorScheme === 'dark' ? '-dark' : ''}.png`),
          fullPage: true,
        });
        expect(await seriousFindings(page), name).toEqual([]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth), name).toBeLessThanOrEqual(
          width,
        );
      };
      await person.go('/account');
      await look('welcome');
      await person.go('/recover');
      await look('recover');
      await newAccount(person);
      for (const [path, name] of pages) {
        await person.go(path);
        if (name === 'account-agents') {
          // Off until the list is there: half-way between off and on it has the colours of neither.
          const revokeAll = page.getByRole('button', { name: 'Revoke all' });
          await expect.poll(() => revokeAll.isEnabled(), { timeout: patience }).toBe(true);
        }
        await look(name);
      }
      expect(person.errors).toEqual([]);
    },
  );

  test('the keyboard alone creates an account and reaches its pages', async () => {
    const person = await device();
    const { page } = person;
    await person.go('/account');
    const press = async (until: RegExp) => {
      for (let presses = 0; presses < 80; presses++) {
        await page.keyboard.press('Tab');
        const label = await page.evaluate(() => document.activeElement?.textContent ?? '');
        if (until.test(label)) return page.keyboard.press('Enter');
      }
      throw new Error(`no ${until} by keyboard`);
    };
    await press(/^Create your account$/);
    await page.getByRole('heading', { name: 'Balance' }).waitFor({ timeout: patience });
    await press(/^Who may act for me$/);
    await page.waitForURL(/\/account\/mandates$/);
  });
});

test.runIf(executablePath === undefined)(
  'skipped: no Chromium is installed, so no account was driven',
  () => {
    process.stderr.write('No Chromium found: the browser tests of accounts were skipped.\n');
  },
);
