import { maxDrawdown } from './drawdown.ts';
import type { Balance, Trade } from './types.ts';

const dayMs = 86_400_000;
/** What freqtrade says where a ratio has no meaning, so that nobody takes it for a good one. */
const meaningless = -100;

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
/** Standard deviation; `delta` 0 of a population, 1 of a sample. NaN without values. */
function deviation(values: readonly number[], delta: 0 | 1 = 0): number {
  const middle = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - middle) ** 2, 0);
  return Math.sqrt(squares / (values.length - delta));
}

/** Rounding leaves a deviation of equal values a hair above nought. */
const isNought = (value: number) => Number.isNaN(value) || Math.abs(value) < 1e-15;
const annual = (expected: number, denominator: number) =>
  isNought(denominator) ? meaningless : (expected / denominator) * Math.sqrt(365);

/** Whole days between two moments, at least one. */
export function daysBetween(from: number, to: number): number {
  return Math.max(1, Math.floor((to - from) / dayMs));
}

/** Compound annual growth rate, as freqtrade's `calculate_cagr`. */
export function cagr(days: number, starting: number, final: number): number {
  if (final < 0 || starting <= 0 || days <= 0) return 0;
  return (final / starting) ** (1 / (days / 365)) - 1;
}

/** Sharpe, Sortino and Calmar over closed trades, and the system quality number: freqtrade's definitions. */
export function tradeRatios(
  trades: readonly Trade[],
  start: number,
  end: number,
  starting: number,
): { readonly sharpe: number; readonly sortino: number; readonly calmar: number; readonly sqn: number } {
  if (trades.length === 0 || start === end) return { sharpe: 0, sortino: 0, calmar: 0, sqn: 0 };
  const profits = trades.map(({ profitAbs }) => profitAbs / starting);
  const total = profits.reduce((sum, profit) => sum + profit, 0);
  const expected = total / daysBetween(start, end);
  const losses = profits.filter((profit) => profit < 0);
  const fall = maxDrawdown(
    trades.map(({ closeAt, profitAbs }) => ({ at: closeAt, profit: profitAbs })),
    starting,
  );
  const spread = deviation(profits, 1);
  const sqn = isNought(spread) ? meaningless : (Math.sqrt(trades.length) * mean(profits)) / spread;
  return {
    sharpe: annual(expected, deviation(profits)),
    sortino: annual(expected, deviation(losses)),
    calmar: annual(expected * 100, fall?.account ?? 0),
    sqn: Math.round(sqn * 1e4) / 1e4,
  };
}

/** The same three over the balance of each day, profits that are not taken yet included. */
export function balanceRatios(balances: readonly Balance[]): {
  readonly sharpe: number;
  readonly sortino: number;
  readonly calmar: number;
} {
  const [first, last] = [balances[0], balances.at(-1)];
  if (balances.length < 2 || first === undefined || last === undefined)
    return { sharpe: 0, sortino: 0, calmar: 0 };
  // Between two recorded days a calendar day has no balance; freqtrade drops such days before it takes the changes.
  const returns = balances.slice(1).map(({ balance }, at) => balance / balances[at]!.balance - 1);
  const losses = returns.filter((change) => change < 0);
  const total = (last.balance - first.balance) / first.balance;
  const expected = (total / daysBetween(first.at, last.at)) * 100;
  return {
    sharpe: annual(mean(returns), deviation(returns)),
    sortino: annual(mean(returns), deviation(losses)),
    calmar: annual(expected, balanceDrawdown(balances)?.account ?? 0),
  };
}

/** The deepest fall of a balance, in money or relative to its peak. */
export function balanceDrawdown(
  balances: readonly Balance[],
  by: 'absolute' | 'relative' = 'absolute',
): ReturnType<typeof maxDrawdown> {
  const entries = balances.map(({ at, balance }, index) => ({
    at,
    profit: index === 0 ? 0 : balance - balances[index - 1]!.balance,
  }));
  return maxDrawdown(entries, balances[0]?.balance ?? 0, by);
}
