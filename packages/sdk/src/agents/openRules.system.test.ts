import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openRules } from './openRules.ts';

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  (path) => existsSync(path),
);

/** Whatever could differ between two engines: floats to the last bit, sorting, regular expressions, depth, bounds. */
const code = `
let calls = 0;
export function decide({ time, inputs }) {
  calls += 1;
  const floats = [Math.sin(1e22), Math.exp(0.1), Math.pow(1.0000001, 1e7), Math.cbrt(2), Math.tanh(0.3), 0.1 * 3, 1e21 + 1, 5e-324, -0];
  let x = time % 1000 / 7;
  for (let i = 0; i < 20000; i++) x = Math.abs(Math.sin(x * 1.7) + Math.log1p(x)) ;
  const words = inputs.text.split(/[^\\p{L}]+/u).sort((a, b) => a.localeCompare(b)).map((word) => word.normalize('NFD').toUpperCase());
  let depth = 0;
  try { (function deeper() { depth += 1; deeper(); })(); } catch {}
  const order = Object.keys({ b: 1, 2: 1, a: 1, 1: 1 });
  const said = JSON.stringify([calls, floats, x, words, depth, order, new Error('x').stack, (12345.678).toLocaleString(), [3, 1, 10].sort(), 2n ** 200n + '']);
  return { kind: 'refusal', task: '', choice: said, checks: [], rejected: [], amounts: [], calls: [] };
}`;
const context = {
  time: 1_221_436_800_123,
  zone: 'UTC',
  inputs: { text: 'Straße Ärger zebra Éclair apple 日本 İstanbul' },
};

describe.skipIf(executablePath === undefined)('rules in a real Chromium', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lichen-rules-'));
  let server: Server;
  let origin: string;

  beforeAll(async () => {
    writeFileSync(
      join(folder, 'entry.ts'),
      `import { openRules } from ${JSON.stringify(join(import.meta.dirname, 'openRules.ts'))};
       globalThis.lichenRules = openRules;`,
    );
    await build({
      configFile: false,
      logLevel: 'silent',
      root: folder,
      build: {
        outDir: join(folder, 'out'),
        minify: false,
        target: 'es2023',
        rollupOptions: { input: join(folder, 'entry.ts'), output: { entryFileNames: 'entry.js' } },
      },
    });
    server = createServer((request, response) => {
      const path = join(folder, 'out', (request.url ?? '/').replace(/[^-_.a-zA-Z0-9/]/g, ''));
      const isScript = path.endsWith('.js') && existsSync(path);
      response
        .writeHead(200, {
          'content-type': isScript ? 'text/javascript' : 'text/html',
          'content-security-policy': "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'",
        })
        .end(isScript ? readFileSync(path) : '<script type="module" src="/entry.js"></script>');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  afterAll(async () => {
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true });
  });

  test('decide to the last bit as in Node, in another language and time zone', async () => {
    const rules = await openRules(new TextEncoder().encode(code));
    const here = [rules.decide(context, null), rules.decide(context, null)];
    rules.dispose();
    const browser = await chromium.launch({
      executablePath: executablePath!,
      args: ['--no-sandbox', '--disable-gpu'],
    });
    try {
      const page = await (
        await browser.newContext({ locale: 'tr-TR', timezoneId: 'Asia/Kathmandu' })
      ).newPage();
      await page.goto(origin);
      await page.waitForFunction('globalThis.lichenRules !== undefined');
      const there = await page.evaluate(
        async ([text, seen]) => {
          const open = (globalThis as unknown as { lichenRules: typeof openRules }).lichenRules;
          const opened = await open(new TextEncoder().encode(text as string));
          return [opened.decide(seen as never, null), opened.decide(seen as never, null)];
        },
        [code, context] as const,
      );
      expect(there).toEqual(here);
      expect(JSON.parse(there[0]!.choice)[0]).toBe(1);
    } finally {
      await browser.close();
    }
  });
});
