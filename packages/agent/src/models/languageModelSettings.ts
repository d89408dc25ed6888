import { LichenError } from '@lichen/protocol';

export interface LanguageModelSettings {
  /** Decimal text from `0` to `2`, at most two digits after the point; not sent when absent, since some models refuse it. */
  readonly temperature?: string;
  /** Whole number from 0 to 2³¹ − 1; not sent when absent. A wish: providers do not promise equal answers for equal seeds. */
  readonly seed?: number;
  /** Most tokens of an answer. */
  readonly maxTokens: number;
}

function refuse(what: string, got: string, expected: string): LichenError {
  return new LichenError('bad-input', `The language model’s ${what} cannot be used.`, {
    got,
    expected,
    retry: 'after-fix',
  });
}

/**
 * The settings as the record keeps them: JSON without white space, keys in order. Equal settings, equal text.
 * @throws LichenError `bad-input`
 */
export function settingsTextOf({ temperature, seed, maxTokens }: LanguageModelSettings): string {
  if (temperature !== undefined && !/^(?:[01](?:\.\d{1,2})?|2(?:\.0{1,2})?)$/.test(temperature)) {
    throw refuse('temperature', temperature.slice(0, 20), 'decimal text from 0 to 2, such as 0 or 0.7');
  }
  if (seed !== undefined && (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 31)) {
    throw refuse('seed', String(seed), 'a whole number from 0 to 2147483647');
  }
  if (!Number.isInteger(maxTokens) || maxTokens < 1 || maxTokens > 100_000) {
    throw refuse('longest answer', String(maxTokens), 'from 1 to 100000 tokens');
  }
  return JSON.stringify({
    maxTokens,
    ...(seed === undefined ? {} : { seed }),
    ...(temperature === undefined ? {} : { temperature }),
  });
}
