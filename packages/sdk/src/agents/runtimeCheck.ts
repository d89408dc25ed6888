import type { DecisionCheck } from '@lichen/protocol';

/** What begins the rule of each check that the agent's runtime, and not its rules, made. docs/spec/replay.md */
const prefix = 'runtime: ';

/** The stage at which the runtime ended a decision or took a default; undefined for a check of the rules. */
export function runtimeStageOf({ rule, passed }: DecisionCheck): string | undefined {
  return !passed && rule.startsWith(prefix) ? rule.slice(prefix.length) : undefined;
}
