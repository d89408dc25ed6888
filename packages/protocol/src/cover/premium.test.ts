import { readFileSync } from 'node:fs';
import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { priceUp, utilisationPpmUp } from './premium.ts';

interface Vectors {
  readonly minProbabilityPpm: string;
  readonly cases: readonly Record<string, string>[];
}

const vectors = JSON.parse(
  readFileSync(new URL('../../vectors/premium.json', import.meta.url), 'utf8'),
) as Vectors;
const terms = { minProbabilityPpm: 2_000n, marginBps: 2_000n, capitalChargeBps: 200n };

describe('priceUp', () => {
  test('agrees with the vectors that forge reads too', () => {
    expect(vectors.cases.length).toBeGreaterThan(40);
    for (const c of vectors.cases) {
      const price = priceUp(BigInt(c.probabilityPpm!), BigInt(c.payout!), BigInt(c.usePpm!), {
        minProbabilityPpm: BigInt(vectors.minProbabilityPpm),
        marginBps: BigInt(c.marginBps!),
        capitalChargeBps: BigInt(c.capitalChargeBps!),
      });
      expect(price).toEqual({
        probabilityPpm: BigInt(c.probabilityPpm!),
        expectedLoss: BigInt(c.expectedLoss!),
        margin: BigInt(c.margin!),
        exposureCharge: BigInt(c.exposureCharge!),
        premium: BigInt(c.premium!),
      });
    }
  });

  test('a known price: 200 pUSD at 10 % with half the limit used costs 25.00 pUSD', () => {
    expect(priceUp(100_000n, 200_000_000n, 500_000n, terms)).toEqual({
      probabilityPpm: 100_000n,
      expectedLoss: 20_000_000n,
      margin: 4_000_000n,
      exposureCharge: 1_000_000n,
      premium: 25_000_000n,
    });
  });

  const money = fc.bigInt({ min: 1n, max: 10n ** 12n });
  const share = fc.bigInt({ min: 0n, max: 1_000_000n });
  test.prop([money, share, share])(
    'never undercharges and grows with risk and use',
    (payout, probability, use) => {
      const price = priceUp(probability, payout, use, terms);
      expect(price.expectedLoss * 1_000_000n).toBeGreaterThanOrEqual(payout * probability);
      expect(priceUp(probability + 1n, payout, use, terms).premium).toBeGreaterThanOrEqual(price.premium);
      expect(priceUp(probability, payout, use + 1n, terms).premium).toBeGreaterThanOrEqual(price.premium);
    },
  );

  test('a zero limit counts as full', () => {
    expect(utilisationPpmUp(5n, 0n)).toBe(1_000_000n);
  });
});
