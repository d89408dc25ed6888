import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isFolderLocked, lockFolder } from './lockFolder.ts';

test('one process holds a folder; a killed one frees it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lichen-lock-'));
  const module = join(import.meta.dirname, 'lockFolder.ts');
  const script = `const { lockFolder } = await import(${JSON.stringify(module)});
    await lockFolder(${JSON.stringify(folder)}); process.kill(process.pid, 'SIGKILL');`;
  const killed = spawnSync(process.execPath, ['--input-type=module', '-e', script]);
  expect(killed.signal).toBe('SIGKILL');

  expect(await isFolderLocked(folder)).toBe(false);
  const lock = await lockFolder(folder);
  expect(await isFolderLocked(folder)).toBe(true);
  await expect(lockFolder(folder)).rejects.toMatchObject({ code: 'already-running' });
  await lock.release();
  await (await lockFolder(folder)).release();
  rmSync(folder, { recursive: true });
});
