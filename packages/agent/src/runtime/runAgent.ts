import { setTimeout as sleep } from 'node:timers/promises';
import { reasonOf } from './reasonOf.ts';
import type { Agent } from './types.ts';

/** The longest pause after failures that follow one another, milliseconds. */
const longestPauseMs = 30_000;

/** Steps until `signal` aborts. A step that fails is reported and tried again, later each time. */
export async function runAgent(
  agent: Pick<Agent, 'step' | 'state'>,
  log: (line: string) => void,
  signal: AbortSignal,
  pauseMs = 1_000,
): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    try {
      await agent.step();
      failures = 0;
    } catch (error) {
      if (agent.state().state === 'stopped') return;
      failures += 1;
      log(`the step failed: ${reasonOf(error)}`);
    }
    const wait = Math.min(pauseMs * 2 ** Math.min(failures, 10), Math.max(pauseMs, longestPauseMs));
    await sleep(wait, undefined, { signal }).catch(() => undefined);
  }
}
