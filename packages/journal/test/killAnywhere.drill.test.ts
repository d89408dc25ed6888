// A writer that is killed (SIGKILL) at any moment, over and over, on one and the same journal.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkJournal } from '@lichen/protocol';
import { expect, test } from 'vitest';
import { openDecisionLog, platformSha256 } from '../src/index.ts';
import { agent, origin, readFiles, secretKey, vkey } from './support/sampleJournal.ts';

const child = fileURLToPath(new URL('support/appendingChild.ts', import.meta.url));
const rounds = 100;

/** Lines that the child printed before it was killed, `afterMs` after it had opened the journal. */
function runAndKill(folder: string, afterMs: number): Promise<string[]> {
  const running = spawn(process.execPath, [child, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  let timer: NodeJS.Timeout | undefined;
  running.stdout.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
    timer ??= setTimeout(() => running.kill('SIGKILL'), afterMs);
  });
  return new Promise((resolve, reject) => {
    running.on('error', reject);
    running.on('close', (code, signal) => {
      clearTimeout(timer);
      // The last line may be torn; what it said was acknowledged all the same, but nobody read it.
      if (signal === 'SIGKILL') resolve(text.split('\n').slice(1, -1));
      else reject(new Error(`the writer ended by itself: ${code}`));
    });
  });
}

test('everything acknowledged is there, in order, with what it refers to', {
  timeout: 1_200_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lichen-kill-'));
  const acknowledged = new Set<string>();
  const intents = new Set<string>();
  try {
    for (let round = 0; round < rounds; round += 1) {
      for (const line of await runAndKill(folder, (round * 37) % 211)) {
        const [leafHash, isOpen] = line.split(' ') as [string, string];
        acknowledged.add(leafHash);
        if (isOpen === 'open') intents.add(leafHash);
      }
      const log = await openDecisionLog({
        folder,
        origin,
        secretKey,
        agent,
        checkpointEveryMs: 0,
        segmentEntries: 256,
      });
      const open = new Set(log.openIntents().map(({ leafHash }) => leafHash));
      expect([...intents].filter((leafHash) => !open.has(leafHash))).toEqual([]);
      await log.close();
      const files = readFiles(folder);
      const found = new Set<string>();
      const missing: string[] = [];
      const report = await checkJournal({
        read: async (path) => files.get(path),
        vkey,
        hash: platformSha256,
        onEntry: (_index, _entry, leafHash, { decision }) => {
          found.add(leafHash);
          if (log.blobs.get(decision!.choice) === undefined) missing.push(leafHash);
        },
      });
      const faults = report.findings.filter(({ severity }) => severity === 'fault');
      expect(faults, `round ${round}`).toEqual([]);
      expect(missing, `round ${round}`).toEqual([]);
      expect([...acknowledged].filter((leafHash) => !found.has(leafHash))).toEqual([]);
    }
    expect(acknowledged.size).toBeGreaterThan(rounds);
    console.log(`${rounds} kills, ${acknowledged.size} decisions acknowledged, none lost`);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
