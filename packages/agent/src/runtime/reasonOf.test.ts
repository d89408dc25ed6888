import { LichenError } from '@lichen/protocol';
import { expect, test } from 'vitest';
import { reasonOf, shortText } from './reasonOf.ts';

test('one line with the code and what was got', () => {
  const error = new LichenError('mandate-spent', 'Too little is left.', { got: '9', next: 'Wait.' });
  expect(reasonOf(error)).toBe('mandate-spent: Too little is left. (9)');
  expect(reasonOf(new Error('no route'))).toBe('no route');
  expect(reasonOf('thrown text')).toBe('thrown text');
});

test('whatever it is made of, a decision can hold it', () => {
  for (const text of ['\ud800', `${'x'.repeat(598)}😀😀`, 'y'.repeat(100_000)]) {
    const short = shortText(text);
    expect(short.isWellFormed()).toBe(true);
    expect(short.length).toBeLessThanOrEqual(600);
  }
  expect(shortText('short')).toBe('short');
});
