import { expect, it } from 'vitest';
import { flightStateText, paysCover } from './flightStateText.ts';

const none = { departureDelayMinutes: null, arrivalDelayMinutes: null };

it('says the delay when one is known', () => {
  expect(flightStateText({ ...none, state: 'late', arrivalDelayMinutes: 83 })).toBe('Landed 1 h 23 min late');
  expect(flightStateText({ ...none, state: 'on-time', arrivalDelayMinutes: -12 })).toBe(
    'Landed 12 min early',
  );
  expect(flightStateText({ ...none, state: 'airborne', departureDelayMinutes: 0 })).toBe(
    'In the air, left on schedule',
  );
});

it('says the state alone otherwise', () => {
  expect(flightStateText({ ...none, state: 'scheduled' })).toBe('Scheduled');
  expect(flightStateText({ ...none, state: 'diverted' })).toBe('Diverted');
});

it('knows which results pay', () => {
  expect(paysCover('airborne')).toBeUndefined();
  expect((['on-time', 'late', 'cancelled', 'diverted', 'still-flying'] as const).map(paysCover)).toEqual([
    false,
    true,
    true,
    true,
    true,
  ]);
});
