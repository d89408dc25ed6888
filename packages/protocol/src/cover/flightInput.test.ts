import { fc, test } from '@fast-check/vitest';
import { type Hex, keccak256 } from 'viem';
import { expect } from 'vitest';
import { type Flight, flightIdOf, flightInputOf } from './flight.ts';
import { flightOfInput } from './flightInput.ts';

const capitals = (length: number) =>
  fc
    .array(fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'), { minLength: length, maxLength: length })
    .map((letters) => letters.join(''));
const flights: fc.Arbitrary<Flight> = fc
  .record({
    carrier: capitals(2),
    number: fc.integer({ min: 0, max: 65_535 }),
    origin: capitals(3),
    destination: capitals(3),
    departsAt: fc.integer({ min: 0, max: 2 ** 39 }),
    minutes: fc.integer({ min: 1, max: 1_440 }),
  })
  .map(({ minutes, ...flight }) => ({ ...flight, arrivesAt: flight.departsAt + minutes * 60 }));

test.prop([flights])('the input of a flight hashes to its id and reads back as the flight', (flight) => {
  const input = flightInputOf(flight);
  expect(keccak256(input)).toBe(flightIdOf(flight));
  expect(flightOfInput(input)).toEqual(flight);
});

const flight: Flight = {
  carrier: 'UA',
  number: 1545,
  origin: 'EWR',
  destination: 'IAH',
  departsAt: 1_800_000_000,
  arrivesAt: 1_800_010_000,
};
test.each<[string, Partial<Flight>]>([
  ['an airline that would leave the path of an address', { carrier: '/?' }],
  ['lower case', { origin: 'ewr' }],
  ['a short airport', { destination: 'IA' }],
  ['an arrival before the departure', { arrivesAt: 1_799_999_999 }],
  ['a flight of more than a day', { arrivesAt: 1_800_086_401 }],
])('%s is no flight', (_, change) => {
  expect(flightOfInput(flightInputOf({ ...flight, ...change }))).toBeUndefined();
});

test.each<[string, Hex]>([
  ['nothing', '0x'],
  ['bytes after the encoding', `${flightInputOf(flight)}00`],
  ['a bit in the padding', `${flightInputOf(flight).slice(0, 65)}1${flightInputOf(flight).slice(66)}` as Hex],
])('%s is no flight', (_, input) => {
  expect(flightOfInput(input)).toBeUndefined();
});
