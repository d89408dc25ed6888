import { expect, it } from 'vitest';
import { formatAgo, formatCountdown, formatDelay, formatSpan } from './duration.ts';

it('counts down in minutes and seconds, with hours only when needed', () => {
  expect(formatCountdown(161)).toBe('2:41');
  expect(formatCountdown(9.99)).toBe('0:09');
  expect(formatCountdown(3761)).toBe('1:02:41');
  expect(formatCountdown(-5)).toBe('0:00');
});

it('says spans in at most two units', () => {
  expect([12, 180, 7500, 7200, 273_600].map(formatSpan)).toEqual([
    '12 s',
    '3 min',
    '2 h 5 min',
    '2 h',
    '3 d 4 h',
  ]);
  expect(formatAgo(1)).toBe('just now');
  expect(formatAgo(75)).toBe('1 min ago');
});

it('names the direction of a delay', () => {
  expect([-5, 0, 72].map(formatDelay)).toEqual(['5 min early', 'on schedule', '1 h 12 min late']);
});
