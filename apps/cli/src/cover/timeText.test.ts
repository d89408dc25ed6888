import { expect, test } from 'vitest';
import { dayText, leavesText, spanText } from './timeText.ts';

test('spans read as people say them', () => {
  expect([0, 1, 59, 60, 61, 161, 3_600, 3_900, 86_400, -5].map(spanText)).toEqual([
    '0 s',
    '1 s',
    '59 s',
    '1 min',
    '1 min 1 s',
    '2 min 41 s',
    '1 h',
    '1 h 5 min',
    '24 h',
    '5 s',
  ]);
});

test('before, at and after the departure', () => {
  expect(leavesText(1_161, 1_000)).toBe('leaves in 2 min 41 s');
  expect(leavesText(1_000, 1_000)).toBe('left 0 s ago');
  expect(leavesText(1_000, 1_005)).toBe('left 5 s ago');
});

test('days', () => {
  expect(dayText(20131205)).toBe('2013-12-05');
});
