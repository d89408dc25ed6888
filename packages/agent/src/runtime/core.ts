import type { DecisionDraft, DecisionLog, RecordedDecision } from '@lichen/journal';
import { blankDecision, isLichenError } from '@lichen/protocol';
import type { RulesHolder } from './holdRules.ts';
import { reasonOf } from './reasonOf.ts';
import { runtimeCheck } from './runtimeChecks.ts';
import type { Actor, AgentDeadlines, AgentInit, AgentPoint } from './types.ts';

/** Whether anything new may be signed. It closes at the first word of a pause, not when the pause is recorded. */
export interface Gate {
  isOpen(): boolean;
  /** Why it is closed. */
  reason(): string;
  /** Aborts when it closes. One for each step. */
  readonly signal: AbortSignal;
}

/** What the parts of a step share. */
export interface AgentCore {
  readonly init: AgentInit;
  readonly decisions: DecisionLog;
  readonly actor: Actor;
  readonly rules: { readonly sha256: string; readonly version: string };
  readonly program: RulesHolder;
  readonly zone: string;
  readonly deadlines: Required<AgentDeadlines>;
  readonly clock: () => number;
  log(line: string): void;
  point(point: AgentPoint): Promise<void>;
}

export const defaultDeadlines: Required<AgentDeadlines> = {
  observeMs: 30_000,
  modelMs: 60_000,
  prepareMs: 30_000,
  beforeActMs: 60_000,
  actMs: 180_000,
  reconcileMs: 180_000,
};

/** A draft of the runtime with nothing in it. */
export function blankDraft(core: Pick<AgentCore, 'rules' | 'clock'>): Omit<DecisionDraft, 'kind'> {
  return {
    ...blankDecision,
    choice: '',
    rules: core.rules,
    task: '',
    time: core.clock(),
  };
}

/** What a decision that nobody could read is replaced by: text from outside must not keep a decision out of the journal. */
export const unreadableChoice = 'nothing';

/**
 * Records a decision that has text from outside in it. Where that has no form that a decision can take, what is recorded
 * is a refusal that says so; its `kind` tells the caller.
 * @throws LichenError `disk-full`
 */
export async function recordOrRefuse(core: AgentCore, draft: DecisionDraft): Promise<RecordedDecision> {
  try {
    return await core.decisions.record(draft);
  } catch (error) {
    if (!isLichenError(error) || error.code !== 'bad-input') throw error;
    return core.decisions.record({
      ...blankDraft(core),
      checks: [runtimeCheck('record', reasonOf(error), 'a decision as docs/spec/decision.md has it')],
      choice: unreadableChoice,
      kind: 'refusal',
      task: 'record',
    });
  }
}
