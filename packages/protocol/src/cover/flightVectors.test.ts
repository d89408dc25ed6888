import { readFileSync } from 'node:fs';
import type { Address, Hex } from 'viem';
import { describe, expect, test } from 'vitest';
import { type FlightFeatures, flightFeaturesDigest, flightIdOf, forecastNoticeDigest } from './flight.ts';

interface Case extends FlightFeatures {
  readonly chainId: number;
  readonly verifier: Address;
  readonly movedAt: number;
  readonly flightId: Hex;
  readonly featuresDigest: Hex;
  readonly noticeDigest: Hex;
}

const { cases } = JSON.parse(readFileSync(new URL('../../vectors/flight.json', import.meta.url), 'utf8')) as {
  cases: Case[];
};
const textOf = (bytes: Hex): string => Buffer.from(bytes.slice(2), 'hex').toString('ascii');

describe('flight vectors, which forge reads too', () => {
  test.each(cases)('$flightId', (c) => {
    const flight = {
      carrier: textOf(c.carrier),
      number: c.number,
      origin: textOf(c.origin),
      destination: textOf(c.destination),
      departsAt: c.departsAt,
      arrivesAt: c.arrivesAt,
    };
    expect(flightIdOf(flight)).toBe(c.flightId);
    const verifier = { chainId: c.chainId, address: c.verifier };
    expect(flightFeaturesDigest(verifier, c)).toBe(c.featuresDigest);
    expect(forecastNoticeDigest(verifier, { cell: c.cell, movedAt: c.movedAt })).toBe(c.noticeDigest);
  });

  test('another chain or contract gives another digest', () => {
    const [c] = cases as [Case];
    const digests = [
      flightFeaturesDigest({ chainId: c.chainId, address: c.verifier }, c),
      flightFeaturesDigest({ chainId: c.chainId + 1, address: c.verifier }, c),
      flightFeaturesDigest({ chainId: c.chainId, address: cases[1]!.verifier }, c),
      flightFeaturesDigest(
        { chainId: c.chainId, address: c.verifier },
        { ...c, observedAt: c.observedAt + 1 },
      ),
    ];
    expect(new Set(digests).size).toBe(4);
  });
});
