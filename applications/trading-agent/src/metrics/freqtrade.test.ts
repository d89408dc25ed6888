import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { maxDrawdown } from './drawdown.ts';
import { balanceDrawdown, balanceRatios, cagr, daysBetween, tradeRatios } from './ratios.ts';
import { tradeFigures } from './tradeFigures.ts';
import type { Balance, Trade } from './types.ts';

interface Case {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly startingBalance: number;
  readonly trades: readonly Omit<Trade, 'exitReason'>[];
  readonly balances: readonly Balance[];
  readonly figures: Readonly<Record<string, number>>;
}
const { cases, freqtrade } = JSON.parse(
  readFileSync(new URL('../../test/vectors/freqtrade.json', import.meta.url), 'utf8'),
) as { readonly cases: readonly Case[]; readonly freqtrade: string };

describe(`the figures are those of freqtrade ${freqtrade}`, () => {
  test.each(cases)('$name', ({ start, end, startingBalance, trades: bare, balances, figures }) => {
    const trades = bare.map((trade) => ({ ...trade, exitReason: 'rebalance' as const }));
    const profits = trades.map(({ closeAt, profitAbs }) => ({ at: closeAt, profit: profitAbs }));
    const final = startingBalance + profits.reduce((sum, { profit }) => sum + profit, 0);
    const running = profits.map((_, at) =>
      profits.slice(0, at + 1).reduce((sum, { profit }) => sum + profit, startingBalance),
    );
    const drawdown = maxDrawdown(profits, startingBalance)!;
    const fall = balanceDrawdown(balances)!;
    const byBalance = balanceRatios(balances);
    const { bestTrade, worstTrade, ...own } = tradeFigures(trades);
    expect(bestTrade).toBeGreaterThanOrEqual(worstTrade);
    const got: Record<string, number> = {
      ...own,
      ...tradeRatios(trades, start, end, startingBalance),
      cagr: cagr(daysBetween(start, end), startingBalance, final),
      drawdownAbs: drawdown.abs,
      drawdownAccount: drawdown.account,
      drawdownStart: drawdown.start,
      drawdownEnd: drawdown.end,
      drawdownHigh: drawdown.high,
      drawdownLow: drawdown.low,
      underwater: maxDrawdown(profits, startingBalance, 'relative')!.account,
      minBalance: Math.min(...running),
      maxBalance: Math.max(...running),
      balanceSharpe: byBalance.sharpe,
      balanceSortino: byBalance.sortino,
      balanceCalmar: byBalance.calmar,
      balanceDrawdownAbs: fall.abs,
      balanceDrawdownAccount: fall.account,
      balanceDrawdownStart: fall.start,
      balanceDrawdownEnd: fall.end,
    };
    expect(Object.keys(got).sort()).toEqual(Object.keys(figures).sort());
    for (const [name, wanted] of Object.entries(figures)) {
      expect(Math.abs(got[name]! - wanted), `${name}: ${got[name]} and ${wanted}`).toBeLessThanOrEqual(
        1e-9 * Math.max(1, Math.abs(wanted)),
      );
    }
  });
});

describe('figures without trades', () => {
  test('are noughts, not NaN', () => {
    const figures = Object.values(tradeFigures([]));
    expect(figures.filter((value) => !Number.isFinite(value))).toEqual([]);
    expect(tradeRatios([], 0, 1, 100)).toEqual({ sharpe: 0, sortino: 0, calmar: 0, sqn: 0 });
    expect(maxDrawdown([], 100)).toBeUndefined();
    expect(balanceRatios([])).toEqual({ sharpe: 0, sortino: 0, calmar: 0 });
  });
});
