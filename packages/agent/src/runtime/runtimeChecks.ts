import type { DecisionCheck } from '@lichen/protocol';
import { shortText } from './reasonOf.ts';

/**
 * Where the runtime, and not the rules, ended a decision or took a default. `observe`: nothing was seen. `tool`: a tool
 * was asked for that is not granted. `rules`: the rules failed or said what is no verdict. `model`: it did not answer, and
 * the rules were given null. `paused`: the agent is paused. `mandate`: the calls were refused before anything was signed.
 * `record`: the verdict has no form that a decision can take.
 */
export type RuntimeStage = 'observe' | 'tool' | 'rules' | 'model' | 'paused' | 'mandate' | 'record';

const prefix = 'runtime: ';

/** A check that the runtime adds behind those of the rules; whoever replays the rules leaves it out. */
export function runtimeCheck(stage: RuntimeStage, got: string, limit: string): DecisionCheck {
  return { got: shortText(got), limit: shortText(limit), passed: false, rule: `${prefix}${stage}` };
}

/** Whether the runtime and not the rules made a check. */
export function isRuntimeCheck({ rule }: Pick<DecisionCheck, 'rule'>): boolean {
  return rule.startsWith(prefix);
}
