import { type DecisionInput, LichenError, openPrivate } from '@lichen/protocol';
import type { RulesContext } from './rules.ts';

/** Inputs that the runtime adds for itself; rules are never given one of these names. */
export const runtimeInputs: readonly string[] = ['calls', 'model'];

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Whether an input of a decision is part of what the rules see. Bytes that are neither JSON nor text are not. */
export function isRulesInput({ name, mediaType }: Pick<DecisionInput, 'name' | 'mediaType'>): boolean {
  return !runtimeInputs.includes(name) && (mediaType === 'application/json' || mediaType.startsWith('text/'));
}

function refuse(got: string, expected: string, cause?: unknown): LichenError {
  return new LichenError('bad-input', 'The recorded inputs are not what rules can be given.', {
    got,
    expected,
    retry: 'never',
    cause,
  });
}

/**
 * What rules saw when a decision was taken, from its recorded inputs: `application/json` parsed, `text/*` as text, the
 * content of private ones without their salt. `calls` and `model` are the runtime's own and left out.
 * @param blobs by SHA-256, as they lie beside the journal; whoever calls has checked their hashes
 * @throws LichenError `bad-input` (a name twice, no JSON, no UTF-8), `not-found` for a blob that is missing
 */
export function contextOf(
  decision: { readonly time: number; readonly zone: string; readonly inputs: readonly DecisionInput[] },
  blobs: ReadonlyMap<string, Uint8Array>,
): RulesContext {
  const values = new Map<string, unknown>();
  for (const input of decision.inputs) {
    const { name, mediaType, sha256, isPrivate } = input;
    if (!isRulesInput(input)) continue;
    // Two of one name would leave open which of them the rules saw.
    if (values.has(name)) throw refuse(`${JSON.stringify(name)} twice`, 'each name once');
    const blob = blobs.get(sha256);
    if (blob === undefined) {
      throw new LichenError('not-found', 'An input of the decision is missing.', {
        got: `no blob ${sha256} (${JSON.stringify(name)})`,
        expected: 'every input that rules saw',
        retry: 'later',
      });
    }
    try {
      const text = utf8.decode(isPrivate ? openPrivate(blob) : blob);
      values.set(name, mediaType === 'application/json' ? JSON.parse(text) : text);
    } catch (error) {
      throw refuse(`bytes of ${JSON.stringify(name)} that are not ${mediaType}`, mediaType, error);
    }
  }
  // `fromEntries` defines properties: an input named __proto__ is an input like any other.
  return { time: decision.time, zone: decision.zone, inputs: Object.fromEntries(values) };
}
