import type { Trade } from './types.ts';

const dayMs = 86_400_000;

/** Figures over closed trades that need no balance. Definitions are freqtrade's; money in pUSD, durations in seconds. */
export interface TradeFigures {
  readonly profitFactor: number;
  readonly expectancy: number;
  readonly expectancyRatio: number;
  readonly avgStake: number;
  readonly profitMean: number;
  readonly profitMedian: number;
  readonly bestTrade: number;
  readonly worstTrade: number;
  readonly bestDayAbs: number;
  readonly worstDayAbs: number;
  readonly winningDays: number;
  readonly drawDays: number;
  readonly losingDays: number;
  readonly wins: number;
  readonly draws: number;
  readonly losses: number;
  readonly maxConsecutiveWins: number;
  readonly maxConsecutiveLosses: number;
  readonly holdingAvgSeconds: number;
  readonly winnerHoldingAvgSeconds: number;
  readonly loserHoldingAvgSeconds: number;
}

const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
const mean = (values: readonly number[]) => (values.length === 0 ? 0 : total(values) / values.length);
const ratioOf = ({ profitAbs, stake }: Trade) => profitAbs / stake;
/** Python rounds halves to the even number. */
function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
const holdingOf = (trades: readonly Trade[]) =>
  roundHalfEven(mean(trades.map(({ openAt, closeAt }) => (closeAt - openAt) / 60_000))) * 60;

function median(values: readonly number[]): number {
  if (values.length === 0) return 0;
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Profit of each calendar day from the first close to the last; a day without a close is a draw. */
function profitByDay(trades: readonly Trade[]): number[] {
  const days = trades.map(({ closeAt }) => Math.floor(closeAt / dayMs));
  const first = Math.min(...days);
  const profits = new Array<number>(Math.max(...days) - first + 1).fill(0);
  trades.forEach(({ profitAbs }, at) => {
    profits[days[at]! - first]! += profitAbs;
  });
  return profits.map((profit) => Math.round(profit * 1e10) / 1e10);
}

/** Longest run of winners and of others; a draw counts with the losses, as in freqtrade. */
function streaks(trades: readonly Trade[]): { readonly wins: number; readonly losses: number } {
  let [run, wins, losses] = [0, 0, 0];
  trades.forEach((trade, at) => {
    const isWin = ratioOf(trade) > 0;
    const before = trades[at - 1];
    run = before !== undefined && ratioOf(before) > 0 === isWin ? run + 1 : 1;
    if (isWin) wins = Math.max(wins, run);
    else losses = Math.max(losses, run);
  });
  return { wins, losses };
}

/** All of them; noughts when nothing was traded. */
export function tradeFigures(trades: readonly Trade[]): TradeFigures {
  const winners = trades.filter(({ profitAbs }) => profitAbs > 0);
  const losers = trades.filter(({ profitAbs }) => profitAbs < 0);
  const profitOf = (of: readonly Trade[]) => total(of.map(({ profitAbs }) => profitAbs));
  const [won, lost] = [profitOf(winners), Math.abs(profitOf(losers))];
  const [averageWin, averageLoss] = [winners, losers].map((of) =>
    of.length === 0 ? 0 : Math.abs(profitOf(of)) / of.length,
  ) as [number, number];
  const count = trades.length;
  const winRate = count === 0 ? 0 : winners.length / count;
  const days = count === 0 ? [] : profitByDay(trades);
  const ratios = trades.map(ratioOf);
  const { wins, losses } = streaks(trades);
  return {
    profitFactor: lost === 0 ? 0 : won / lost,
    expectancy: count === 0 ? 0 : winRate * averageWin - (losers.length / count) * averageLoss,
    expectancyRatio: averageLoss > 0 ? (1 + averageWin / averageLoss) * winRate - 1 : 100,
    avgStake: mean(trades.map(({ stake }) => stake)),
    profitMean: mean(ratios),
    profitMedian: median(ratios),
    bestTrade: count === 0 ? 0 : Math.max(...ratios),
    worstTrade: count === 0 ? 0 : Math.min(...ratios),
    bestDayAbs: count === 0 ? 0 : Math.max(...days),
    worstDayAbs: count === 0 ? 0 : Math.min(...days),
    winningDays: days.filter((profit) => profit > 0).length,
    drawDays: days.filter((profit) => profit === 0).length,
    losingDays: days.filter((profit) => profit < 0).length,
    wins: winners.length,
    draws: count - winners.length - losers.length,
    losses: losers.length,
    maxConsecutiveWins: wins,
    maxConsecutiveLosses: losses,
    holdingAvgSeconds: holdingOf(trades),
    winnerHoldingAvgSeconds: holdingOf(winners),
    loserHoldingAvgSeconds: holdingOf(losers),
  };
}
