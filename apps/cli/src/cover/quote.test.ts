import { fc, test as property } from '@fast-check/vitest';
import type { CoverQuote } from '@lichen/sdk';
import { describe, expect, test } from 'vitest';
import { contributionBars, percentText } from './contributionText.ts';
import { quoteText } from './quote.ts';

const quote: CoverQuote = {
  flight: {
    row: 1,
    carrier: 'UA',
    number: 1545,
    origin: 'EWR',
    destination: 'IAH',
    tail: 'N14228',
    distanceMiles: 1_400,
    scheduledDeparture: 1_386_297_300,
    scheduledArrival: 1_386_311_700,
    aircraftYear: 1_999,
    flightId: `0x${'3f'.repeat(32)}`,
    departsAt: 1_800_000_161,
    arrivesAt: 1_800_000_401,
    recordedLocal: '2013-12-05 21:35',
  },
  report: {
    carrier: '0x5541',
    number: 1545,
    origin: '0x455752',
    destination: '0x494148',
    departsAt: 1_800_000_161,
    arrivesAt: 1_800_000_401,
    features: '0x000102030405060708090a0b0c0d0e0f',
    observedAt: 1_799_999_995,
    day: 20131205,
    cell: 7,
  },
  bitmap: 0b11101n,
  signatures: '0x',
  payout: 200_000_000n,
  parts: {
    probabilityPpm: 71_000n,
    expectedLoss: 14_200_000n,
    margin: 2_840_000n,
    exposureCharge: 1_300_000n,
    premium: 18_340_000n,
  },
  contributions: [
    { name: 'weekday', label: 'Day of the week', value: 3, unit: 'day, 0 = Monday', probabilityPpm: -1_200n },
    {
      name: 'departureTime',
      label: 'Local time of departure',
      value: 1_295,
      unit: 'minutes after midnight',
      probabilityPpm: 9_000n,
    },
    { name: 'leadTime', label: 'Time until departure', value: 9_700, unit: 'seconds', probabilityPpm: 0n },
    {
      name: 'destinationDay',
      label: 'Delay to this destination, last 24 hours',
      value: 27.75,
      unit: 'minutes',
      probabilityPpm: -36_800n,
    },
  ],
  baselinePpm: 100_000n,
  expiresAt: 1_800_000_115,
  salt: 1n,
};

describe('a quote on the terminal', () => {
  test('the whole text', () => {
    const text = quoteText(quote, 5, 1_800_000_000);
    expect(text).toMatchSnapshot();
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  test('a quote that has run out says 0 s, not a negative time', () => {
    expect(quoteText(quote, 5, quote.expiresAt + 9)).toContain('valid for 0 s');
  });

  test('nothing but the baseline', () => {
    const same = {
      ...quote,
      contributions: [],
      parts: { ...quote.parts, probabilityPpm: quote.baselinePpm },
    };
    expect(contributionBars(same).split('\n')).toHaveLength(2);
  });
});

describe('percentText', () => {
  property.prop([fc.bigInt({ min: -1_000_000n, max: 1_000_000n })])('is within half a hundredth', (ppm) => {
    const shown = Number(percentText(ppm).replace(' %', ''));
    expect(Math.abs(shown - Number(ppm) / 10_000)).toBeLessThanOrEqual(0.005_000_1);
  });
});
