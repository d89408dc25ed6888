import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { lockFolder } from '@lichen/journal';
import { LichenError } from '@lichen/protocol';

/** What a state folder holds. Nothing else in it is touched, should the wrong folder be named. */
const ours = [
  'chain',
  'reporters',
  'sponsor',
  'cache',
  'logs',
  'keys.json',
  'world.json',
  'deployment.json',
  'run.json',
];

async function isConfirmed(stateFolder: string): Promise<boolean> {
  if (!process.stdin.isTTY) {
    throw new LichenError('bad-input', 'This deletes the chain, its keys and its world for good.', {
      got: stateFolder,
      next: 'Say that you mean it with: lichen reset --yes',
      retry: 'after-fix',
    });
  }
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await lines.question(`Delete the chain, keys and world in ${stateFolder} for good? [y/N] `);
  lines.close();
  return /^y(es)?$/i.test(answer.trim());
}

/** Deletes a state folder's content. @throws LichenError `already-running` while a network runs on it. */
export async function resetCommand(
  stateFolder: string,
  yes: boolean,
): Promise<{ json: unknown; text: string }> {
  if (!existsSync(stateFolder)) return { json: { deleted: [] }, text: `There is nothing in ${stateFolder}.` };
  const lock = await lockFolder(stateFolder);
  try {
    if (!yes && !(await isConfirmed(stateFolder)))
      return { json: { deleted: [] }, text: 'Nothing was deleted.' };
    const deleted = ours.filter((name) => existsSync(join(stateFolder, name)));
    for (const name of deleted) rmSync(join(stateFolder, name), { recursive: true, force: true });
    if (readdirSync(stateFolder).length === 0) rmSync(stateFolder, { recursive: true });
    return {
      json: { deleted },
      text: `Deleted ${deleted.length === 0 ? 'nothing' : deleted.join(', ')} in ${stateFolder}.`,
    };
  } finally {
    await lock.release();
  }
}
