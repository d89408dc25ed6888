import type { Sample } from './samples.ts';

/**
 * First and last day of each period, fixed before anything was trained: what is learned from, what the pass and the plan
 * are chosen on, and what is only measured.
 */
export const periods = {
  train: { from: '2000-01-03', to: '2004-12-31' },
  validation: { from: '2005-01-03', to: '2006-12-29' },
  heldOut: { from: '2007-01-03', to: '2020-04-17' },
} as const;
export type PeriodName = keyof typeof periods;

/** Samples of a period whose labels end in it, too: no label looks into the next one. */
export function samplesIn(samples: readonly Sample[], name: PeriodName): Sample[] {
  const { from, to } = periods[name];
  return samples.filter(({ day, until }) => day >= from && until <= to);
}
