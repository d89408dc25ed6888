import { expect, it } from 'vitest';
import { airlineCodes, airlineName } from './airline.ts';
import { airportCity } from './airport.ts';

it('names airlines and cities, and falls back to the code', () => {
  expect([airlineName('B6'), airlineName('ZZ')]).toEqual(['JetBlue Airways', 'ZZ']);
  expect([airportCity('SJU'), airportCity('ZZZ')]).toEqual(['San Juan', 'ZZZ']);
});

it('offers the sixteen airlines of the record by name', () => {
  expect(airlineCodes).toHaveLength(16);
  expect(airlineName(airlineCodes[0]!)).toBe('AirTran Airways');
});
