import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const paths = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Starts the installed Chromium; undefined, with a line on stderr, where there is none. */
export async function openChromium(): Promise<Browser | undefined> {
  const executablePath = paths.find((path) => existsSync(path));
  if (executablePath === undefined) {
    process.stderr.write('  skipped: no Chromium is installed here\n');
    return undefined;
  }
  return chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
  });
}
