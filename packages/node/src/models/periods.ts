import type { QuoteSamples } from './quoteSamples.ts';

/**
 * Local months of departure, both ends included. Nothing is fitted on the held-out months; one choice (out-of-fold
 * calibration instead of in-sample) was made after a first model had been scored on them: see docs/spec/flight-features.md. */
export const periods = {
  train: { from: 1, to: 8 },
  tune: { from: 9, to: 10 },
  heldOut: { from: 11, to: 12 },
} as const;

/** Rows of the record that depart in the months `from` to `to`. */
export function rowsInMonths(samples: QuoteSamples, { from, to }: { from: number; to: number }): Uint32Array {
  const rows: number[] = [];
  samples.month.forEach((month, row) => {
    if (month >= from && month <= to) rows.push(row);
  });
  return Uint32Array.from(rows);
}
