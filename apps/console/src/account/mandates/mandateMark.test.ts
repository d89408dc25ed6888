import type { Mandate } from '@lichen/sdk';
import { expect, it } from 'vitest';
import { mandateMark } from './mandateMark.ts';

const text = (status: Mandate['status'], now: number, calls = 1n, ofPeriod = 1n) =>
  mandateMark(
    { status, terms: { validFrom: 100, validUntil: 200 }, left: { calls, ofPeriod } } as Mandate,
    now,
  );

it('judges expiry by the clock, and revocation before everything', () => {
  expect(text('active', 50).text).toBe('Not started');
  expect(text('active', 100).text).toBe('May act');
  expect(text('active', 199).ended).toBe(false);
  expect(text('active', 200)).toMatchObject({ text: 'Expired', ended: true });
  expect(text('paused', 150)).toMatchObject({ text: 'Paused', ended: false });
  expect(text('paused', 200).text).toBe('Expired');
  expect(text('active', 150, 0n).text).toBe('Used up for now');
  expect(text('active', 150, 1n, 0n).text).toBe('Used up for now');
  expect(text('paused', 150, 0n).text).toBe('Paused');
  expect(text('revoked', 150)).toMatchObject({ text: 'Revoked', ended: true });
});
