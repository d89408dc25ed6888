import type { DecisionLog, RecordedDecision } from '@lichen/journal';
import { configurationName } from './configuration.ts';

/** `choice` of the decisions of kind `pause`. A stop is no pause: the agent goes on when it is started again. */
export const pauseChoices = { pause: 'pause', resume: 'resume', stop: 'stop' } as const;

/** What an agent that starts has to know of its own journal. */
export interface AgentPast {
  /** The pause that still holds. */
  readonly pause: RecordedDecision | undefined;
  /** SHA-256 of the configuration that decided last; undefined before the first run. */
  readonly configuration: string | undefined;
}

/** Reads back from the newest decision until both are known. */
export function readPast(decisions: DecisionLog): AgentPast {
  let lastPause: RecordedDecision | undefined;
  let configuration: string | undefined;
  for (let index = decisions.journal.size() - 1; index >= 0; index -= 1) {
    const recorded = decisions.since(index).next().value as RecordedDecision;
    const { kind, choice, inputs } = recorded.decision;
    if (kind === 'pause' && choice !== pauseChoices.stop) lastPause ??= recorded;
    if (kind === 'change') configuration ??= inputs.find(({ name }) => name === configurationName)?.sha256;
    if (lastPause !== undefined && configuration !== undefined) break;
  }
  return {
    pause: lastPause?.decision.choice === pauseChoices.pause ? lastPause : undefined,
    configuration,
  };
}
