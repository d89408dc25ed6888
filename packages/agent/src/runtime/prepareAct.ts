import { setTimeout as sleep } from 'node:timers/promises';
import { isLichenError } from '@lichen/protocol';
import type { Actor, AgentCall, PreparedAct } from './types.ts';
import { Interrupted, withDeadline } from './withDeadline.ts';

/** Milliseconds between two attempts at a chain that does not answer. */
const pauseMs = 500;

/**
 * Prepares calls, again where the chain did not answer: nothing is signed, so asking twice does nothing twice.
 * @throws LichenError what the last attempt failed with, `timeout`; Interrupted
 */
export async function prepareAct(
  actor: Actor,
  calls: readonly AgentCall[],
  deadlineMs: number,
  parent: AbortSignal,
): Promise<PreparedAct> {
  let last: unknown;
  const attempt = async (signal: AbortSignal): Promise<PreparedAct> => {
    for (;;) {
      try {
        return await actor.prepare(calls);
      } catch (error) {
        if (!isLichenError(error) || error.code !== 'chain-unreachable') throw error;
        last = error;
      }
      await sleep(pauseMs, undefined, { signal });
    }
  };
  try {
    return await withDeadline('Simulating the calls', deadlineMs, attempt, parent);
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    throw isLichenError(error) && error.code === 'timeout' ? (last ?? error) : error;
  }
}
