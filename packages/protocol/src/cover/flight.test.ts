import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { fixedAscii, flightIdOf } from './flight.ts';
import { chainTimeOf, recordedTimeOf, type WorldClock } from './records.ts';

const flight = {
  carrier: 'UA',
  number: 1545,
  origin: 'EWR',
  destination: 'IAH',
  departsAt: 1_800_000_000,
  arrivesAt: 1_800_010_000,
};

describe('flightIdOf', () => {
  test('every field counts', () => {
    const id = flightIdOf(flight);
    const others = [
      { ...flight, carrier: 'AA' },
      { ...flight, number: 1546 },
      { ...flight, origin: 'JFK' },
      { ...flight, destination: 'MIA' },
      { ...flight, departsAt: 1_800_000_001 },
      { ...flight, arrivesAt: 1_800_010_001 },
    ];
    expect(new Set([id, ...others.map(flightIdOf)]).size).toBe(7);
  });
  test('text is left-aligned, as in Solidity', () => {
    expect(fixedAscii('UA', 2)).toBe('0x5541');
    expect(fixedAscii('EWR', 3)).toBe('0x455752');
  });
});

describe('world clock', () => {
  const clock: WorldClock = { recordedEpoch: 1_386_200_000, chainEpoch: 1_800_000_000, speed: 60 };
  test.prop([fc.integer({ min: 0, max: 5_000_000 })])(
    'a recorded moment has come when its chain second is over',
    (offset) => {
      const recorded = clock.recordedEpoch + offset;
      const chain = chainTimeOf(clock, recorded);
      expect(recordedTimeOf(clock, chain)).toBeLessThanOrEqual(recorded);
      expect(recordedTimeOf(clock, chain + 1)).toBeGreaterThan(recorded);
    },
  );
  test('live mode is the identity', () => {
    const live: WorldClock = { recordedEpoch: 0, chainEpoch: 0, speed: 1 };
    expect(chainTimeOf(live, 1_800_000_000)).toBe(1_800_000_000);
    expect(recordedTimeOf(live, 1_800_000_000)).toBe(1_800_000_000);
  });
});
