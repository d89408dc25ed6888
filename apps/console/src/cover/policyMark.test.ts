import { expect, it } from 'vitest';
import { policyMark } from './policyMark.ts';

const flight = {
  carrier: 'B6',
  number: 1,
  origin: 'JFK',
  destination: 'SJU',
  departsAt: 100,
  arrivesAt: 200,
};
const live = { state: 'live', outcome: 'open', flight } as const;

it('follows a live policy through its flight', () => {
  expect([50, 100, 250].map((now) => policyMark(live, now).text)).toEqual([
    'Waits to depart',
    'Being watched',
    'Being settled',
  ]);
});

it('says how a policy ended', () => {
  expect(
    (['paid', 'refunded', 'closed'] as const).map((state) => policyMark({ ...live, state }, 300).text),
  ).toEqual(['Paid out', 'Premium returned', 'Ended, on time']);
});
