// Verifying a receipt with eight cosignatures in a real Chromium, by the code that the console's worker runs, bundled and
// minified as the console is. A fresh page each time: the first verification of a page is what a person waits for.
import { join } from 'node:path';
import { build } from 'vite';
import { root } from '../support/devChain.ts';
import { openChromium } from '../support/openChromium.ts';
import { printAtMost } from '../support/printBar.ts';
import { sampleReceipt } from './sampleReceipt.ts';
import type { Verifier } from './verifierInBrowser.ts';

const pages = 15;
const again = 20;

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

const browser = await openChromium();
if (browser !== undefined) {
  try {
    const script = await bundleVerifier();
    const sample = sampleReceipt();
    const [first, later]: [number[], number[]] = [[], []];
    for (let made = 0; made < pages; made += 1) {
      const page = await browser.newPage();
      await page.addScriptTag({ content: script });
      const times = await page.evaluate(
        ({ receipt, policy, runs }) => {
          const { verifier } = globalThis as unknown as { verifier: Verifier };
          return Array.from({ length: runs }, () => {
            const from = performance.now();
            const report = verifier.verifyReceipt({ receipt, policy: verifier.parseTrustPolicy(policy) });
            const took = performance.now() - from;
            if (!report.isValid) throw new Error(JSON.stringify(report.checks));
            return took;
          });
        },
        { ...sample, runs: 1 + again },
      );
      first.push(times[0]!);
      later.push(...times.slice(1));
      await page.close();
    }
    const sorted = (values: number[]) => values.sort((a, b) => a - b);
    const tenths = (value: number) => Number(value.toFixed(1));
    sorted(first);
    sorted(later);
    printAtMost(
      'verifying a receipt, 8 cosignatures, the first of a page in Chromium',
      tenths(first[first.length >> 1]!),
      'ms',
      50,
      {
        slowest: tenths(first.at(-1)!),
        pages,
        laterMedian: tenths(later[later.length >> 1]!),
        bundleKilobytes: Math.round(script.length / 1_000),
      },
    );
  } finally {
    await browser.close();
  }
}
