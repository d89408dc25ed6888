// Verifying a receipt with eight cosignatures in a real Chromium, by the code that the console's worker runs, bundled and
// minified as the console is. A fresh page each time: the first verification of a page is what a person waits for. The
// console makes its verifier ready while the person reads (`prepareVerifier`); beside it, what that saves.
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { build } from 'vite';
import { root } from '../support/devChain.ts';
import { openChromium } from '../support/openChromium.ts';
import { printAtMost } from '../support/printBar.ts';
import { sampleReceipt } from './sampleReceipt.ts';
import type { Verifier } from './verifierInBrowser.ts';

const pages = 15;
const verifications = 20;

/** The verifier as one script that leaves itself on `globalThis`. */
async function bundleVerifier(): Promise<string> {
  const entry = join(root, 'benchmarks/src/journal/verifierInBrowser.ts');
  const built = await build({
    root,
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      minify: true,
      lib: { entry, formats: ['iife'], name: 'bundle', fileName: 'verifier' },
    },
  });
  const [output] = Array.isArray(built) ? built : [built];
  if (output === undefined || !('output' in output)) throw new Error('vite made nothing');
  return output.output[0].code;
}

const sample = sampleReceipt();

/** Milliseconds of each verification in a fresh page, in order; before them those of each piece of making ready. */
async function measurePage(browser: Browser, script: string, isPrepared: boolean) {
  const page = await browser.newPage();
  await page.addScriptTag({ content: script });
  const measured = await page.evaluate(
    async ({ receipt, policy, runs, prepares }) => {
      const { verifier } = globalThis as unknown as { verifier: Verifier };
      const pieces: number[] = [];
      let from = performance.now();
      if (prepares) {
        await verifier.prepareVerifier(async () => {
          pieces.push(performance.now() - from);
          await new Promise((resolve) => setTimeout(resolve, 20));
          from = performance.now();
        });
        pieces.push(performance.now() - from);
      }
      const times = Array.from({ length: runs }, () => {
        const started = performance.now();
        const report = verifier.verifyReceipt({ receipt, policy: verifier.parseTrustPolicy(policy) });
        const took = performance.now() - started;
        if (!report.isValid) throw new Error(JSON.stringify(report.checks));
        return took;
      });
      return { pieces, times };
    },
    { ...sample, runs: verifications, prepares: isPrepared },
  );
  await page.close();
  return measured;
}

const tenths = (value: number) => Number(value.toFixed(1));
const median = (values: number[]) => tenths(values.sort((a, b) => a - b)[values.length >> 1]!);

const browser = await openChromium();
if (browser !== undefined) {
  try {
    const script = await bundleVerifier();
    const [first, cold, later, pieces]: number[][] = [[], [], [], []];
    for (let made = 0; made < pages; made += 1) {
      const prepared = await measurePage(browser, script, true);
      first!.push(prepared.times[0]!);
      later!.push(...prepared.times.slice(1));
      pieces!.push(Math.max(...prepared.pieces));
      cold!.push((await measurePage(browser, script, false)).times[0]!);
    }
    printAtMost(
      'verifying a receipt, 8 cosignatures, the first of a page in Chromium that had made ready',
      median(first!),
      'ms',
      50,
      {
        slowest: tenths(Math.max(...first!)),
        pages,
        laterMedian: median(later!),
        longestPieceOfMakingReady: median(pieces!),
        withoutMakingReady: median(cold!),
        bundleKilobytes: Math.round(script.length / 1_000),
      },
    );
  } finally {
    await browser.close();
  }
}
