import { LichenError, type LichenErrorCode } from '@lichen/protocol';
import { describe, expect, test } from 'vitest';
import { agreedBy } from './agreedBy.ts';

const yes = (value: unknown) => Promise.resolve(value);
const no = (code: LichenErrorCode, summary = 'No.') => Promise.reject(new LichenError(code, summary));
const codeOf = (asked: readonly Promise<unknown>[]) =>
  agreedBy(asked, 'it').then(
    (value) => value,
    (error: LichenError) => error.code,
  );

describe('what two of three sources say', () => {
  test('an answer counts with two votes, whatever the third does', async () => {
    expect(await agreedBy([yes(1), no('timeout'), yes(1)], 'it')).toBe(1);
    expect(await agreedBy([yes(1), new Promise(() => undefined), yes(1)], 'it')).toBe(1);
    expect(await agreedBy([yes({ a: 1 }), yes({ a: 2 }), yes({ a: 1 })], 'it')).toEqual({ a: 1 });
  });

  test.each(['unknown-flight', 'bad-input', 'not-found', 'flight-departed'] as const)(
    'a refusal counts like an answer: %s',
    async (code) => {
      expect(await codeOf([no(code), yes(1), no(code)])).toBe(code);
      // One alone could be the liar.
      expect(await codeOf([no(code), no('timeout'), yes(1)])).toBe('source-unavailable');
    },
  );

  test('sources that are down say nothing about what was asked', async () => {
    expect(await codeOf([no('timeout'), no('timeout'), no('timeout')])).toBe('source-unavailable');
    expect(await codeOf([no('internal'), no('internal'), yes(1)])).toBe('source-unavailable');
    expect(await codeOf([])).toBe('source-unavailable');
  });

  test('three answers are a disagreement, and the error tells what each said', async () => {
    expect(await codeOf([yes(1), yes(2), yes(3)])).toBe('sources-disagree');
    await expect(agreedBy([yes(1), no('timeout'), no('bad-input')], 'the flight')).rejects.toThrow(
      [
        'Too few sources answered about the flight.',
        '  got:      1 answers, 1 different; refused: timeout, bad-input',
        '  expected: two equal ones',
        '  next:     Try again in a few seconds.',
      ].join('\n'),
    );
  });
});
