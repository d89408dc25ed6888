import type { Decision } from './decision.ts';

/** The fields of a decision that may be empty, empty. Whoever makes a decision starts from here and says the rest. */
export const blankDecision = {
  act: null,
  amounts: [],
  checks: [],
  inputs: [],
  model: null,
  refersTo: null,
  rejected: [],
  result: null,
} as const satisfies Partial<Decision>;
