import { describe, expect, test } from 'vitest';
import { backtest, payoutUnits, premiumOf } from './backtest.ts';
import { backtestChart } from './backtestChart.ts';

const ppm = Array.from({ length: 100 }, (_, index) => 10_000 * (index + 1));
const bad = ppm.map((_, index) => (index % 2 === 1 ? 1 : 0));

describe('backtest', () => {
  test('a price is the expected loss and a fifth, rounded up', () => {
    expect(premiumOf(100_000)).toBe(12_000_000n);
    expect(premiumOf(1)).toBe(120n);
  });

  test('totals are sums over the flights', () => {
    const result = backtest(ppm, bad);
    expect(result.payouts).toBe(50n * payoutUnits);
    expect(result.expectedPayouts).toBe((5_050n * payoutUnits) / 100n);
    expect(result.premiums).toBe((result.expectedPayouts * 12n) / 10n);
  });

  test('the flat price takes the same premiums as ours', () => {
    const { deciles, payouts, premiums } = backtest(ppm, bad);
    const flatTotal = deciles.reduce((sum, { flatLossRatio }) => sum + flatLossRatio, 0) / deciles.length;
    expect(flatTotal).toBeCloseTo(Number(payouts) / Number(premiums), 9);
    // Half of each decile is bad, so a flat price loses evenly and ours is too cheap at the bottom.
    expect(deciles[0]!.lossRatio).toBeGreaterThan(deciles[9]!.lossRatio);
  });

  test('the chart names both prices and every decile', () => {
    const chart = backtestChart(backtest(ppm, bad));
    expect(chart.match(/<rect /g)!.length).toBe(1 + 2 + 20);
    expect(chart).toContain('one flat price for every flight');
  });
});
