import type { DecisionLog } from '@lichen/journal';
import { vkeyTextOf } from '@lichen/protocol';
import { type RunClaim, runLabel } from './runFile.ts';

/** What a run says of itself after `size` entries of its journal; undefined before the first. */
export function claimOf(
  decisions: Pick<DecisionLog, 'journal' | 'last'>,
  run: { readonly mode: RunClaim['mode']; readonly record: string | null; readonly size: number },
): RunClaim | undefined {
  const last = decisions.last()?.decision;
  if (last === undefined) return undefined;
  const { journal } = decisions;
  return {
    v: 1,
    label: runLabel,
    mode: run.mode,
    agent: last.agent,
    rules: last.rules,
    record: run.record,
    journal: { origin: journal.origin, vkey: vkeyTextOf(journal.key), size: run.size },
  };
}
