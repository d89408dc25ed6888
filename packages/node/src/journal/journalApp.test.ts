import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDecisionLog } from '@lichen/journal';
import { blankDecision, checkJournal, vkeyTextOf } from '@lichen/protocol';
import { expect, test } from 'vitest';
import { errorResponse } from '../world/httpAnswers.ts';
import { createJournalApp } from './journalApp.ts';

test('a reader that saw an older head finds its files, while the journal goes on', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lichen-app-'));
  const agent = 'eip155:31338:0x00000000000000000000000000000000000000aa';
  const secretKey = new Uint8Array(32).fill(3);
  const log = await openDecisionLog({
    folder,
    origin: 'lichen.test/app',
    secretKey,
    agent,
    checkpointEveryMs: 0,
  });
  try {
    const app = createJournalApp(log, folder);
    app.onError((error, context) => errorResponse(context, error));
    const grow = async (count: number) => {
      await Promise.all(
        Array.from({ length: count }, () =>
          log.record({
            ...blankDecision,
            choice: 'hold',
            kind: 'refusal',
            rules: { sha256: '0'.repeat(64), version: '1' },
            task: 'rebalance',
          }),
        ),
      );
      await log.journal.checkpoint();
    };
    const get = async (path: string) => {
      const response = await app.request(`/${path}`);
      return response.ok ? new Uint8Array(await response.arrayBuffer()) : undefined;
    };
    await grow(300);
    const older = await get('checkpoint');
    await grow(400);
    expect(existsSync(join(folder, 'log/tile/entries/001.p'))).toBe(false);
    const asked: string[] = [];
    const report = await checkJournal({
      read: async (path) => {
        asked.push(path);
        return path === 'checkpoint' ? older : get(path);
      },
      vkey: vkeyTextOf(log.journal.key),
    });
    expect(report).toMatchObject({ isWhole: true, findings: [], size: 300, proven: 300 });
    expect(asked).toContain('tile/entries/001.p/44');
    expect(asked).not.toContain('tile/entries/001');
    expect(await get('tile/entries/009.p/44')).toBeUndefined();
    expect(await get('tile/entries/009')).toBeUndefined();
  } finally {
    await log.close();
    rmSync(folder, { recursive: true });
  }
});
