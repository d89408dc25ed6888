import type { DrawdownFigures, Summary } from './summarize.ts';

const money = (value: number) =>
  `${value.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })} pUSD`;
const percent = (fraction: number) => `${(fraction * 100).toFixed(2)} %`;
const ratio = (value: number) => (value === -100 ? 'has no meaning here' : value.toFixed(2));
const days = (seconds: number) => `${(seconds / 86_400).toFixed(1)} days`;
const fall = ({ abs, account, start, end }: DrawdownFigures) =>
  abs === 0 ? 'none' : `${money(abs)} (${percent(account)}), ${start} to ${end}`;

/** The figures as lines of two columns, in the order in which freqtrade shows them. */
export function summaryText(summary: Summary): string {
  const { hold } = summary;
  const rows: readonly (readonly [string, string] | undefined)[] = [
    ['From, to', `${summary.from}, ${summary.to} (${summary.decidedDays} trading days)`],
    ['Trades, orders', `${summary.totalTrades}, ${summary.orders}`],
    ['Trades per day', summary.tradesPerDay.toFixed(4)],
    ['Rejected signals', String(summary.rejectedSignals)],
    undefined,
    ['Starting balance', money(summary.startingBalance)],
    ['Final balance', money(summary.finalBalance)],
    ['Absolute profit', money(summary.profitTotalAbs)],
    ['Total profit', percent(summary.profitTotal)],
    ['CAGR', percent(summary.cagr)],
    [
      'Sharpe, Sortino, Calmar (trades)',
      [summary.sharpe, summary.sortino, summary.calmar].map(ratio).join(', '),
    ],
    [
      'Sharpe, Sortino, Calmar (daily balance)',
      [summary.balanceSharpe, summary.balanceSortino, summary.balanceCalmar].map(ratio).join(', '),
    ],
    ['SQN', ratio(summary.sqn)],
    ['Profit factor', summary.profitFactor.toFixed(2)],
    ['Expectancy (ratio)', `${money(summary.expectancy)} (${summary.expectancyRatio.toFixed(2)})`],
    ['Average stake', money(summary.avgStake)],
    ['Total volume', money(summary.totalVolume)],
    ['Fees paid', money(summary.feesPaid)],
    ['Slippage paid', money(summary.slippagePaid)],
    ['Days with shares', percent(summary.exposure)],
    undefined,
    ['Best, worst trade', `${percent(summary.bestTrade)}, ${percent(summary.worstTrade)}`],
    ['Best, worst day (closed trades)', `${money(summary.bestDayAbs)}, ${money(summary.worstDayAbs)}`],
    ['Days win, draw, lose', `${summary.winningDays}, ${summary.drawDays}, ${summary.losingDays}`],
    ['Trades win, draw, lose', `${summary.wins}, ${summary.draws}, ${summary.losses}`],
    ['Longest run of wins, losses', `${summary.maxConsecutiveWins}, ${summary.maxConsecutiveLosses}`],
    [
      'Duration: all, winners, losers',
      [summary.holdingAvgSeconds, summary.winnerHoldingAvgSeconds, summary.loserHoldingAvgSeconds]
        .map(days)
        .join(', '),
    ],
    ['Min, max balance (closed trades)', `${money(summary.minBalance)}, ${money(summary.maxBalance)}`],
    ['Min, max balance (daily)', `${money(summary.lowBalance)}, ${money(summary.highBalance)}`],
    [
      'Under water at most (trades, daily)',
      `${percent(summary.underwater)}, ${percent(summary.balanceUnderwater)}`,
    ],
    ['Drawdown (closed trades)', fall(summary.drawdown)],
    ['Drawdown (daily balance)', fall(summary.balanceDrawdown)],
    ['Market change', percent(summary.marketChange)],
    undefined,
    ['Buy and hold: final balance', money(hold.finalBalance)],
    ['Buy and hold: profit, CAGR', `${percent(hold.profitTotal)}, ${percent(hold.cagr)}`],
    ['Buy and hold: Sharpe, Sortino, Calmar', [hold.sharpe, hold.sortino, hold.calmar].map(ratio).join(', ')],
    ['Buy and hold: drawdown', fall(hold.drawdown)],
    ['Buy and hold: under water at most', percent(hold.underwater)],
  ];
  const width = Math.max(...rows.map((row) => row?.[0].length ?? 0));
  return rows.map((row) => (row === undefined ? '' : `  ${row[0].padEnd(width)}  ${row[1]}`)).join('\n');
}
