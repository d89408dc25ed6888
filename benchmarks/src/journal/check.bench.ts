// Checking a whole journal of 100,000 decisions of about 2 KB: every tile, every entry, every decision's place in the chain,
// and three heads known from elsewhere; with the SHA-256 that runs everywhere, as in a browser, and with the platform's. Beside
// it the floor: reading the same bundles and hashing the same entries, which compares nothing. Then what a start over the
// same journal costs, with its snapshot and without.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDecisionLog, platformSha256 } from '@lichen/journal';
import {
  bundleOf,
  checkJournal,
  decodeBundle,
  entryHashOf,
  type KnownHead,
  type Sha256,
  tilePathOf,
  vkeyTextOf,
} from '@lichen/protocol';
import { printAtMost } from '../support/printBar.ts';
import { sampleDecision } from './sampleDecision.ts';

const count = 100_000;
const together = 500;
const folder = mkdtempSync(join(process.env.LICHEN_BENCH_DIR ?? tmpdir(), 'lichen-bench-'));
const open = () =>
  openDecisionLog({
    folder,
    origin: 'lichen.test/bench',
    secretKey: new Uint8Array(32).fill(1),
    agent: 'eip155:31338:0x00000000000000000000000000000000000000aa',
    checkpointEveryMs: 0,
  });
async function secondsOf<Value>(work: () => Promise<Value>): Promise<{ value: Value; seconds: number }> {
  const from = performance.now();
  const value = await work();
  return { value, seconds: Number(((performance.now() - from) / 1_000).toFixed(2)) };
}

try {
  const log = await open();
  const anchors: KnownHead[] = [];
  const recorded = await secondsOf(async () => {
    for (let at = 0; at < count; at += together) {
      // One in a hundred is an intent that stays open.
      await Promise.all(
        Array.from({ length: together }, (_, step) =>
          log.record({ ...sampleDecision(at + step), kind: (at + step) % 100 === 0 ? 'intent' : 'refusal' }),
        ),
      );
      const size = log.journal.size();
      if (size % 33_000 === 0) anchors.push({ size, root: log.journal.rootAt(size), where: `entry ${size}` });
    }
  });
  const vkey = vkeyTextOf(log.journal.key);
  await log.close();

  const read = (path: string) => readFile(join(folder, 'log', path)).catch(() => undefined);
  const check = (hash?: Sha256) =>
    secondsOf(() => checkJournal({ read, vkey, anchors, ...(hash === undefined ? {} : { hash }) }));
  const [portable, platform] = [await check(), await check(platformSha256)];
  for (const { value } of [portable, platform]) {
    if (!value.isWhole || value.proven !== count || value.anchored?.size !== 99_000) {
      throw new Error(JSON.stringify(value.findings));
    }
  }
  const floor = await secondsOf(async () => {
    for (let at = 0; at < count; at += 256) {
      const bundle = readFileSync(join(folder, 'log', tilePathOf(bundleOf(at, count))));
      for (const entry of decodeBundle(bundle)) entryHashOf(entry, platformSha256);
    }
  });
  printAtMost('checking a whole journal of 100,000 decisions, as in a browser', portable.seconds, 's', 30, {
    withPlatformHash: platform.seconds,
    megabytesResident: Math.round(process.memoryUsage.rss() / 1e6),
    rival: { name: 'reading and hashing the entries, and comparing nothing', seconds: floor.seconds },
  });

  const withSnapshot = await secondsOf(open);
  await withSnapshot.value.close();
  rmSync(join(folder, 'decisions.snapshot'));
  const without = await secondsOf(open);
  await without.value.close();
  printAtMost('starting over that journal', withSnapshot.seconds, 's', 1, {
    withoutSnapshot: without.seconds,
    recordedPerSecond: Math.round(count / recorded.seconds),
  });
} finally {
  rmSync(folder, { recursive: true });
}
