import type { LichenConfig } from '@lichen/sdk';
import type { Tone } from '../parts/Mark.tsx';

const states: Readonly<Record<string, readonly [Tone, string]>> = {
  running: ['good', 'Running'],
  paused: ['alive', 'Paused'],
  starting: ['calm', 'Starting'],
  failed: ['bad', 'Failed'],
  stopped: ['calm', 'Stopped'],
};

/** An agent's state as a mark. */
export function stateMark(state: string): { readonly tone: Tone; readonly text: string } {
  const [tone, text] = Object.hasOwn(states, state) ? states[state]! : (['calm', 'Not known'] as const);
  return { tone, text };
}

/** Number of a journal by its origin, counted from 1 as in addresses; undefined for one that the network does not name. */
export function journalNumberOf(config: Pick<LichenConfig, 'journals'>, origin: string): number | undefined {
  const at = config.journals.findIndex((journal) => journal.origin === origin);
  return at === -1 ? undefined : at + 1;
}

/** Longest reason of a pause. */
export const longestReason = 200;

/** A reason as it is recorded: one line, without spaces around it. */
export function reasonOf(text: string): string {
  return text.replace(/\s+/g, ' ').trim().slice(0, longestReason);
}
