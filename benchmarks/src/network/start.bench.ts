// From `lichen up` to the word that everything is ready: the first start, which deploys the contracts and creates the
// trading agent's account, and the second on the same folder. Setting up a fresh clone and building the console come
// before it (`npm run setup`) and are not measured.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../support/devChain.ts';
import { lichenCommand } from '../support/lichenCommand.ts';
import { loadPerCore } from '../support/loadPerCore.ts';
import { printAtMost } from '../support/printBar.ts';

const patienceMs = 180_000;

/** Starts the network, waits until it is ready, stops it. Seconds to the word. */
async function secondsToReady(state: string): Promise<number> {
  const port = String(await freePort());
  const started = performance.now();
  const child = lichenCommand(['up', '--json', '--state', state, '--port', port]);
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const timer = setTimeout(() => child.kill('SIGINT'), patienceMs);
  let [text, errors] = ['', ''];
  child.stderr?.on('data', (piece) => (errors += piece));
  try {
    const seconds = await new Promise<number>((resolve, reject) => {
      child.once('close', (code) => reject(new Error(`lichen up ended with ${code}: ${errors}`)));
      child.stdout?.on('data', (piece) => {
        text += piece;
        if (/^\{.*"ready":true.*\}$/m.test(text)) resolve((performance.now() - started) / 1_000);
      });
    });
    return Number(seconds.toFixed(1));
  } finally {
    clearTimeout(timer);
    if (child.exitCode === null) child.kill('SIGINT');
    await exited;
  }
}

const state = mkdtempSync(join(process.env.LICHEN_BENCH_DIR ?? tmpdir(), 'lichen-bench-'));
try {
  const load = loadPerCore();
  const first = await secondsToReady(state);
  printAtMost('first start of the network, with market and trading agent', first, 's', 15, {
    loadPerCore: load,
  });
  const again = loadPerCore();
  const second = await secondsToReady(state);
  printAtMost('second start on the same folder', second, 's', 15, { loadPerCore: again });
} finally {
  rmSync(state, { recursive: true, force: true });
}
