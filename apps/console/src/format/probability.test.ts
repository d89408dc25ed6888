import { expect, it } from 'vitest';
import { formatOdds, formatPoints, formatProbability } from './probability.ts';

it('shows parts per million as percent', () => {
  expect([0, 234_000, 700n, 1_000_000].map(formatProbability)).toEqual(['0.0%', '23.4%', '0.070%', '100.0%']);
});

it('shows a contribution in signed percentage points', () => {
  expect([42_000, -3_100, 700, 0].map(formatPoints)).toEqual([
    '+4.2 points',
    '−0.3 points',
    '+0.07 points',
    '0.0 points',
  ]);
});

it('says odds in small whole numbers', () => {
  expect([0, 83_000, 250_000, 620_000, 950_000].map(formatOdds)).toEqual([
    'almost never',
    'about 1 in 12',
    'about 1 in 4',
    'about 6 in 10',
    'almost always',
  ]);
});
