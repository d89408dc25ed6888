import { describe, expect, test } from 'vitest';
import { isLichenError, LichenError } from './errors.ts';

describe('LichenError', () => {
  const error = new LichenError('quote-expired', 'This quote is no longer valid.', {
    got: 'a quote of 130 s ago',
    expected: 'at most 120 s',
    next: 'Ask for a new quote.',
    retry: 'later',
  });

  test('says what was got, what was expected and what to do', () => {
    expect(error.message).toMatchInlineSnapshot(`
      "This quote is no longer valid.
        got:      a quote of 130 s ago
        expected: at most 120 s
        next:     Ask for a new quote."
    `);
  });

  test('is plain data for --json', () => {
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      error: 'quote-expired',
      message: 'This quote is no longer valid.',
      got: 'a quote of 130 s ago',
      expected: 'at most 120 s',
      next: 'Ask for a new quote.',
      retry: 'later',
    });
  });

  test('is known by its marker, not by its class', () => {
    expect(isLichenError(error)).toBe(true);
    expect(isLichenError(new Error('x'))).toBe(false);
    expect(isLichenError(null)).toBe(false);
  });
});
