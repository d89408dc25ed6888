import { expect, it } from 'vitest';
import { actText, formatMilliseconds } from './actText.ts';

it('never calls accepted what is only sent, nor final what is only accepted', () => {
  const what = 'Buying';
  expect(actText({ what, phase: 'preparing' })).toBe('One moment…');
  expect(actText({ what, phase: 'asking' })).toBe('Waiting for your passkey');
  expect(actText({ what, phase: 'sending' })).toBe('Signed. Sending…');
  expect(actText({ what, phase: 'accepted', acceptedMs: 143 })).toBe(
    'Accepted 0.14 s after your touch. Final with the next block…',
  );
  expect(actText({ what, phase: 'final', acceptedMs: 143, finalMs: 1_260 })).toBe(
    'Accepted after 0.14 s, final after 1.3 s',
  );
  expect(actText({ what, phase: 'final', acceptedMs: null, finalMs: 90 })).toBe('Done');
});

it('measures in seconds', () => {
  expect([0, 9, 999, 1_000, 12_345].map(formatMilliseconds)).toEqual([
    '0.00 s',
    '0.01 s',
    '1.00 s',
    '1.0 s',
    '12.3 s',
  ]);
});
