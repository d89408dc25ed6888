import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isFolderLocked } from '@lichen/journal';
import { type RunFile, readRunFile } from '@lichen/node';
import { LichenError } from '@lichen/protocol';

/** The state folder that was chosen with --state, or `.lichen` in the current folder. */
export function stateFolderOf(chosen: string | undefined): string {
  return resolve(chosen ?? '.lichen');
}

/** What runs on a state folder, or undefined when nothing does. A run file without a living owner counts as nothing. */
export async function findRunning(stateFolder: string): Promise<RunFile | undefined> {
  if (!existsSync(stateFolder) || !(await isFolderLocked(stateFolder))) return undefined;
  return readRunFile(join(stateFolder, 'run.json'));
}

/**
 * What runs on a state folder.
 *
 * @throws LichenError `not-running`
 */
export async function demandRunning(stateFolder: string): Promise<RunFile> {
  const run = await findRunning(stateFolder);
  if (run !== undefined) return run;
  throw new LichenError('not-running', 'No network is running on this state folder.', {
    got: stateFolder,
    next: 'Start one with: lichen up (or name its folder with --state)',
    retry: 'after-fix',
  });
}

/**
 * Address of the gateway of the network that runs on a state folder.
 *
 * @throws LichenError `not-running` when there is none, or it is still starting.
 */
export async function gatewayUrlOf(stateFolder: string): Promise<string> {
  const { consoleUrl } = await demandRunning(stateFolder);
  if (consoleUrl !== null) return consoleUrl;
  throw new LichenError('not-running', 'The network is still starting.', {
    got: stateFolder,
    next: 'Wait until `lichen up` shows the address of the console, then try again.',
    retry: 'later',
  });
}
