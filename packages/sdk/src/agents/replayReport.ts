import { isLichenError } from '@lichen/protocol';
import type { Difference } from './difference.ts';

/** What is looked at, in this order. */
export const replaySteps = ['inputs', 'rules', 'model', 'verdict', 'calls'] as const;
export type ReplayStepName = (typeof replaySteps)[number];

export interface ReplayStep {
  readonly name: ReplayStepName;
  /** `skipped` says that it could not be looked at, or that there is nothing to look at: never the same as passed. */
  readonly state: 'passed' | 'failed' | 'skipped';
  /** What was found, in a sentence for people; names every field that differs. */
  readonly note: string;
  /** What the record says. */
  readonly got?: string;
  /** What running it again gives. */
  readonly expected?: string;
}

/** What came of running a decision again. docs/spec/replay.md */
export interface ReplayReport {
  /**
   * A: everything was run again, bit for bit. B: with the recorded output of the model. C: the model was asked again; never
   * to be called verified. null: nothing was run, because there is nothing to run or something is missing.
   */
  readonly grade: 'A' | 'B' | 'C' | null;
  /**
   * Nothing failed and the verdict came out as recorded; for C also the model's text. Where a record has no verdict (an
   * outcome, a payment, a change, a pause, an act of the runtime), that it has the form of one.
   */
  readonly isSame: boolean;
  readonly steps: readonly ReplayStep[];
}

export const passed = (name: ReplayStepName, note: string): ReplayStep => ({ name, state: 'passed', note });
export const skipped = (name: ReplayStepName, note: string): ReplayStep => ({ name, state: 'skipped', note });

/** A step that failed by fields that differ; at least one. */
export function failed(name: ReplayStepName, note: string, differences: readonly Difference[]): ReplayStep {
  const [first] = differences;
  const paths = differences.slice(0, 12).map(({ path }) => path);
  const rest = differences.length - paths.length;
  return {
    name,
    state: 'failed',
    note: `${note}: ${paths.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`,
    ...(first === undefined ? {} : { got: first.got, expected: first.expected }),
  };
}

/** An error in one line. */
export function reasonOf(error: unknown): string {
  if (!isLichenError(error)) return String(error instanceof Error ? error.message : error).slice(0, 300);
  const [summary] = error.message.split('\n');
  return `${summary}${error.got === undefined ? '' : ` (${error.got})`}`.slice(0, 400);
}
