import { isLichenError, LichenError } from '@lichen/protocol';
import type { Summary } from '../metrics/summarize.ts';

/** What a run writes beside its journal: what it claims, and what is needed to check it. */
export interface RunFile extends RunClaim {
  readonly summary: Summary;
}

/** A run file but for its figures. */
export interface RunClaim {
  readonly v: 1;
  /** What a screen that shows it must say. */
  readonly label: string;
  readonly mode: 'backtest' | 'paper' | 'live';
  readonly agent: string;
  readonly rules: { readonly sha256: string; readonly version: string };
  /** SHA-256 of the record that the prices are from; null for those of a running market. */
  readonly record: string | null;
  /** The figures are of the first `size` entries. */
  readonly journal: { readonly origin: string; readonly vkey: string; readonly size: number };
}

/** Said of every figure of this application. */
export const runLabel = 'recorded prices, play money, a pool of made-up depth: not a promise of anything';

/** Reads a run file. @throws LichenError `bad-input` */
export function parseRunFile(text: string): RunFile {
  const refuse = (got: string, cause?: unknown) =>
    new LichenError('bad-input', 'That is no file of a run.', {
      got,
      expected: 'the metrics.json that a backtest, a paper run or an agent wrote',
      retry: 'after-fix',
      cause,
    });
  try {
    const value = JSON.parse(text) as Partial<RunFile> | null;
    if (value?.v !== 1 || typeof value.journal?.vkey !== 'string' || typeof value.summary !== 'object') {
      throw refuse('other fields');
    }
    return value as RunFile;
  } catch (error) {
    throw isLichenError(error) ? error : refuse('text that is no JSON', error);
  }
}
