import { expect, test } from 'vitest';
import { medianOf, timed, times } from './measureTimes.ts';

test('the median is the middle one, or the middle of the two in the middle, whatever the order', () => {
  expect(medianOf([30, 10, 20])).toBe(20);
  expect(medianOf([40, 10, 20, 30])).toBe(25);
});

test('times tell the extremes beside the median', () => {
  expect(times([3.4, 1.2, 2.6])).toEqual({ median: 3, least: 1, most: 3 });
});

test('what is timed is done as often as asked, one after the other, and its failure is not swallowed', async () => {
  const seen: string[] = [];
  await timed(2, async () => {
    seen.push('begin');
    await Promise.resolve();
    seen.push('end');
  });
  expect(seen).toEqual(['begin', 'end', 'begin', 'end']);
  await expect(timed(1, () => Promise.reject(new Error('refused')))).rejects.toThrow('refused');
});
