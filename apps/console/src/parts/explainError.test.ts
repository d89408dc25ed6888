import { LichenError } from '@lichen/protocol';
import { expect, it } from 'vitest';
import { explainError } from './explainError.ts';

it('takes the next step from the error itself', () => {
  const error = new LichenError('no-quorum', 'Only 3 of 5 reporters answered.', { next: 'Try in a minute.' });
  expect(explainError(error)).toEqual({
    summary: 'Only 3 of 5 reporters answered.',
    next: 'Try in a minute.',
  });
});

it('has a next step for every error a buyer can meet', () => {
  const error = new LichenError('too-little-money', 'The premium is above your balance.', { got: '1 pUSD' });
  expect(explainError(error).next).toContain('Get play money');
});

it('tells an unreachable network from a defect', () => {
  expect(explainError(new TypeError('Failed to fetch')).next).toContain('npm start');
  expect(explainError(new TypeError('Failed to fetch dynamically imported module: /assets/a.js')).next).toBe(
    'Reload the page.',
  );
  expect(explainError(new Error('x is undefined')).summary).toContain('did not expect');
});
