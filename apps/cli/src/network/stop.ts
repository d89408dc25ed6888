import { setTimeout as sleep } from 'node:timers/promises';
import { isFolderLocked } from '@lichen/journal';
import { LichenError } from '@lichen/protocol';
import { demandRunning } from '../support/stateFolder.ts';

/** Ends the network of a state folder and waits until it has ended. @throws LichenError `not-running`, `timeout` */
export async function stopCommand(
  stateFolder: string,
  patienceMs = 60_000,
): Promise<{ json: unknown; text: string }> {
  const run = await demandRunning(stateFolder);
  process.kill(run.pid, 'SIGTERM');
  const deadline = Date.now() + patienceMs;
  while (await isFolderLocked(stateFolder)) {
    if (Date.now() > deadline) {
      throw new LichenError('timeout', 'The network did not stop.', {
        got: `process ${run.pid} is still there after ${patienceMs / 1000} s`,
        next: `Look into ${stateFolder}/logs, then end process ${run.pid} by hand: its children end with it.`,
        retry: 'later',
      });
    }
    await sleep(100);
  }
  return {
    json: { stopped: true, pid: run.pid },
    text: 'Stopped. Everything is kept; `lichen up` goes on from here.',
  };
}
