import { expect, test } from 'vitest';
import { readLiveFlight, readMoment } from './ask.ts';

const flags = {
  from: 'ewr',
  to: 'IAH',
  departs: '2027-01-15T04:00-05:00',
  arrives: '2027-01-15T12:00Z',
  hours: '72',
};

test('a live flight is named by its schedule', () => {
  expect(readLiveFlight('ua1545', flags)).toEqual({
    carrier: 'UA',
    number: 1545,
    origin: 'EWR',
    destination: 'IAH',
    departsAt: Date.UTC(2027, 0, 15, 9) / 1000,
    arrivesAt: Date.UTC(2027, 0, 15, 12) / 1000,
  });
});

test.each(['2027-01-15', '2027-01-15T09:00', 'tomorrow', '2027-13-15T09:00Z', ''])(
  'a moment without its zone, or none at all, is refused: %s',
  (text) => {
    expect(() => readMoment('--departs', text)).toThrowError(expect.objectContaining({ code: 'bad-input' }));
  },
);

test.each(['UA', 'UAx', '1545', 'UA0', 'UA12345'])('%s is no flight', (name) => {
  expect(() => readLiveFlight(name, flags)).toThrowError(expect.objectContaining({ code: 'bad-input' }));
});
