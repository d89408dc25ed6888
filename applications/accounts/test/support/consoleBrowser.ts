import { createRequire } from 'node:module';
import { type Browser, type BrowserContext, type CDPSession, chromium, type Page } from 'playwright-core';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** A passkey as the virtual authenticator holds it (Chrome DevTools Protocol, WebAuthn.Credential). */
export interface HeldCredential {
  readonly credentialId: string;
  readonly isResidentCredential: boolean;
  readonly rpId?: string;
  readonly privateKey: string;
  readonly userHandle?: string;
  readonly signCount: number;
  readonly userName?: string;
}

/** One device: a browser with an authenticator of its own, and a counter of the prompts that a person would see. */
export interface Device {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors of the page and its console since it opened. */
  readonly errors: string[];
  /** Prompts since the last call, by kind. */
  prompts(): { create: number; get: number };
  credentials(): Promise<readonly HeldCredential[]>;
  addCredential(credential: HeldCredential): Promise<void>;
  removeCredential(credentialId: string): Promise<void>;
  go(path: string): Promise<void>;
  close(): Promise<void>;
}

export interface DeviceOptions {
  readonly width?: number;
  readonly hasPrf?: boolean;
  readonly colorScheme?: 'light' | 'dark';
}

/** Starts the installed Chromium without anything that would reach outside. */
export function startChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
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
}

/** The address at which passkeys work: they are bound to a name, and numbers are none. */
export function originOf(gatewayUrl: string): string {
  return gatewayUrl.replace('127.0.0.1', 'localhost').replace(/\/$/, '');
}

/**
 * Opens a fresh browser profile with a virtual platform authenticator that answers by itself, as a finger would, and
 * counts every ceremony that a page begins.
 */
export async function openDevice(
  browser: Browser,
  origin: string,
  options: DeviceOptions = {},
): Promise<Device> {
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1440, height: 900 },
    reducedMotion: 'reduce',
    colorScheme: options.colorScheme ?? 'light',
    bypassCSP: true,
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const counted = { create: 0, get: 0 };
  await context.exposeFunction('countCeremony', (kind: 'create' | 'get') => {
    counted[kind] += 1;
  });
  await context.addInitScript(() => {
    const { credentials } = navigator;
    const count = (globalThis as unknown as { countCeremony(kind: string): Promise<void> }).countCeremony;
    for (const kind of ['create', 'get'] as const) {
      const original = credentials[kind].bind(credentials) as (options: unknown) => Promise<unknown>;
      (credentials as unknown as Record<string, unknown>)[kind] = async (request: unknown) => {
        await count(kind);
        return original(request);
      };
    }
  });
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  const protocol: CDPSession = await context.newCDPSession(page);
  await protocol.send('WebAuthn.enable', { enableUI: false });
  const { authenticatorId } = await protocol.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      ctap2Version: 'ctap2_1',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      hasPrf: options.hasPrf ?? true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return {
    page,
    context,
    errors,
    prompts: () => {
      const now = { ...counted };
      counted.create = 0;
      counted.get = 0;
      return now;
    },
    credentials: async () =>
      (await protocol.send('WebAuthn.getCredentials', { authenticatorId })).credentials,
    addCredential: async (credential) => {
      await protocol.send('WebAuthn.addCredential', { authenticatorId, credential });
    },
    removeCredential: async (credentialId) => {
      await protocol.send('WebAuthn.removeCredential', { authenticatorId, credentialId });
    },
    go: async (path) => {
      await page.goto(`${origin}${path}`);
      await settled(page);
    },
    close: () => context.close(),
  };
}

/** Waits until the page has its heading and nothing on it is still loading. */
export async function settled(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).waitFor({ timeout: 60_000 });
  await page.waitForFunction(() => document.querySelector('.mantine-Skeleton-root') === null, undefined, {
    timeout: 60_000,
  });
}

/** Findings of axe that are serious or worse, as one line each. */
export async function seriousFindings(page: Page): Promise<string[]> {
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
