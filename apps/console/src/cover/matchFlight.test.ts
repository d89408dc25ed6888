import type { WorldFlight } from '@lichen/protocol';
import { expect, it } from 'vitest';
import { anyFlight } from './FlightFilter.tsx';
import { matchFlight } from './matchFlight.ts';

const flight: WorldFlight = {
  row: 1,
  carrier: 'B6',
  number: 703,
  origin: 'JFK',
  destination: 'SJU',
  tail: 'N571JB',
  distanceMiles: 1598,
  scheduledDeparture: 1_386_297_300,
  scheduledArrival: 1_386_310_200,
  aircraftYear: 2003,
  flightId: `0x${'1'.repeat(64)}`,
  departsAt: 1_000,
  arrivesAt: 1_215,
  recordedLocal: '2013-12-05 21:35',
};

it.each(['', 'b6703', 'B6 703', 'jetblue', 'jfk sju', 'JFK → san juan', 'puerto', 'boston'])(
  'by words: %s',
  (text) => {
    expect(matchFlight(flight, { ...anyFlight, text })).toBe(!['puerto', 'boston'].includes(text));
  },
);

it('by airport of departure and airline', () => {
  expect(matchFlight(flight, { ...anyFlight, origin: 'JFK', carrier: 'B6' })).toBe(true);
  expect(matchFlight(flight, { ...anyFlight, origin: 'EWR' })).toBe(false);
  expect(matchFlight(flight, { ...anyFlight, carrier: 'UA' })).toBe(false);
});
