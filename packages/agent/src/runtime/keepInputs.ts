import type { DecisionLog } from '@lichen/journal';
import { type DecisionInput, LichenError } from '@lichen/protocol';
import type { ObservedInput } from './types.ts';

/** Names that the runtime itself gives to inputs, and that are not given to the rules. */
const reservedNames = ['calls', 'model'] as const;

/** One list in a decision holds 256; two are the runtime's own. */
const mostInputs = 254;

/**
 * Refuses what would make a decision say two things: a name twice, or one of the runtime's own.
 * @throws LichenError `bad-input`
 */
export function checkInputs(inputs: readonly ObservedInput[]): void {
  const names = new Set<string>(reservedNames);
  for (const { name } of inputs) {
    if (names.has(name)) throw malformed(`an input named ${JSON.stringify(name.slice(0, 80))}`);
    names.add(name);
  }
  if (inputs.length > mostInputs) throw malformed(`${inputs.length} inputs`);
}

function malformed(got: string): LichenError {
  return new LichenError('bad-input', 'What was observed cannot be recorded.', {
    got,
    expected: `at most ${mostInputs} inputs, each with a name of its own other than ${reservedNames.join(', ')}`,
    retry: 'after-fix',
  });
}

/** Keeps an input's bytes beside the journal; what comes back is the line in the decision. @throws LichenError `disk-full` */
export function keepInput(decisions: DecisionLog, input: ObservedInput): DecisionInput {
  const { at, mediaType, name, provenance, uri, isPrivate = false } = input;
  const sha256 = decisions.keep(input.bytes, { isPrivate });
  return { at, isPrivate, mediaType, name, provenance, sha256, uri };
}
