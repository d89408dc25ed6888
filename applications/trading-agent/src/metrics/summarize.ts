import type { EquityPoint, Ledger } from '../book/createLedger.ts';
import { maxDrawdown } from './drawdown.ts';
import { balanceDrawdown, balanceRatios, cagr, daysBetween, tradeRatios } from './ratios.ts';
import { type TradeFigures, tradeFigures } from './tradeFigures.ts';
import type { Balance, Fill, Trade } from './types.ts';

/** The figures of a run, by freqtrade's names in camel case. Money in pUSD, ratios as fractions, durations in seconds. */
export interface Summary extends TradeFigures {
  readonly from: string;
  readonly to: string;
  /** Calendar days, and days of the record that were decided. */
  readonly backtestDays: number;
  readonly decidedDays: number;
  readonly totalTrades: number;
  readonly tradesPerDay: number;
  readonly orders: number;
  readonly rejectedSignals: number;
  readonly startingBalance: number;
  readonly finalBalance: number;
  readonly profitTotalAbs: number;
  readonly profitTotal: number;
  readonly cagr: number;
  /** Over closed trades. */
  readonly sharpe: number;
  readonly sortino: number;
  readonly calmar: number;
  readonly sqn: number;
  /** Over the balance of each day. */
  readonly balanceSharpe: number;
  readonly balanceSortino: number;
  readonly balanceCalmar: number;
  readonly totalVolume: number;
  readonly feesPaid: number;
  /** What orders cost beside the fee, against the day's open; negative where the pool's price was better. */
  readonly slippagePaid: number;
  /** Share of the days' openings with shares in hand. */
  readonly exposure: number;
  /** After each closed trade. */
  readonly minBalance: number;
  readonly maxBalance: number;
  /** Of each day. */
  readonly lowBalance: number;
  readonly highBalance: number;
  readonly drawdown: DrawdownFigures;
  readonly balanceDrawdown: DrawdownFigures;
  /** Deepest relative fall over closed trades: how far the account was under water. */
  readonly underwater: number;
  /** The same over the balance of each day. */
  readonly balanceUnderwater: number;
  readonly marketChange: number;
  /** The same money put into the index on the first day, one fee paid. */
  readonly hold: {
    readonly finalBalance: number;
    readonly profitTotal: number;
    readonly cagr: number;
    readonly sharpe: number;
    readonly sortino: number;
    readonly calmar: number;
    readonly drawdown: DrawdownFigures;
    readonly underwater: number;
  };
}

export interface DrawdownFigures {
  readonly abs: number;
  readonly account: number;
  readonly start: string;
  readonly end: string;
}

const unit = 1e6;
const money = (base: bigint) => Number(base) / unit;
const dayMs = 86_400_000;

/** Days of the record as moments that never go back, also where a market began its record again. */
interface Calendar {
  /** Unix milliseconds of a decided day, midnight UTC in the first run of the record. */
  at(index: number): number;
  /** The recorded day of such a moment. */
  dayOf(at: number): string;
}

function calendarOf(points: readonly EquityPoint[]): Calendar {
  const moments = new Map<number, number>();
  const days = new Map<number, string>();
  let shift = 0;
  let last = Number.NEGATIVE_INFINITY;
  for (const { index, day } of points) {
    const midnight = Date.parse(`${day}T00:00:00Z`);
    if (midnight + shift <= last) shift = last + dayMs - midnight;
    last = midnight + shift;
    moments.set(index, last);
    days.set(last, day);
  }
  return { at: (index) => moments.get(index)!, dayOf: (at) => days.get(at) ?? '' };
}

const figuresOf = ({ dayOf }: Calendar, drawdown: ReturnType<typeof maxDrawdown>): DrawdownFigures =>
  drawdown === undefined
    ? { abs: 0, account: 0, start: '', end: '' }
    : {
        abs: drawdown.abs,
        account: drawdown.account,
        start: dayOf(drawdown.start),
        end: dayOf(drawdown.end),
      };

/** Closed trades, and the open one at its worth on the last day, as freqtrade closes it at the end. */
function tradesOf(ledger: Ledger, calendar: Calendar, last: EquityPoint, shareUnit: bigint): Trade[] {
  const trades: Trade[] = ledger.closed.map(({ openedAt, closedAt, cost, proceeds }) => ({
    openAt: calendar.at(openedAt.index),
    closeAt: calendar.at(closedAt.index),
    stake: money(cost),
    profitAbs: money(proceeds - cost),
    exitReason: closedAt.isStop ? 'stop-loss' : 'rebalance',
  }));
  const { open } = ledger.book();
  const first = ledger.fills.find(({ index }) => index === open?.since);
  const held = ledger.expected()?.shares ?? 0n;
  if (open === null || first === undefined || BigInt(open.cost) === 0n) return trades;
  const worth = (held * last.price) / shareUnit + BigInt(open.proceeds);
  trades.push({
    openAt: calendar.at(first.index),
    closeAt: calendar.at(last.index),
    stake: money(BigInt(open.cost)),
    profitAbs: money(worth - BigInt(open.cost)),
    exitReason: 'still open',
  });
  return trades;
}

/** Fee of an order and what it cost beside, both in pUSD, measured at the day's open. */
function costOf({ side, dollars, shares, open }: Fill, shareUnit: bigint): { fee: number; slippage: number } {
  const fair = (shares * open) / shareUnit;
  const paid = side === 'buy' ? dollars : fair;
  const total = side === 'buy' ? dollars - fair : fair - dollars;
  const fee = money(paid) * 0.003;
  return { fee, slippage: money(total) - fee };
}

/**
 * Every figure of a run, from its ledger and so from its journal alone; undefined before the first decided day. The last
 * day counts at its open.
 */
export function summarize(ledger: Ledger, shareUnit = 1_000_000n): Summary | undefined {
  const [first, last] = [ledger.points[0], ledger.points.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const { cash, shares } = ledger.expected()!;
  const finalBase = cash + (shares * last.price) / shareUnit;
  const calendar = calendarOf(ledger.points);
  const [start, end] = [calendar.at(first.index), calendar.at(last.index)];
  const days = daysBetween(start, end);
  const [starting, final] = [money(first.equity), money(finalBase)];
  const trades = tradesOf(ledger, calendar, last, shareUnit);
  const profits = trades.map(({ closeAt, profitAbs }) => ({ at: closeAt, profit: profitAbs }));
  let running = starting;
  const after = profits.map(({ profit }) => {
    running += profit;
    return running;
  });
  const balances: Balance[] = ledger.points.map(({ index, equity }) => ({
    at: calendar.at(index),
    balance: money(equity),
  }));
  balances[balances.length - 1] = { at: end, balance: final };
  const holds: Balance[] = ledger.points.map(({ index, hold }) => ({
    at: calendar.at(index),
    balance: money(hold),
  }));
  const holdFinal = holds.at(-1)!.balance;
  const daily = balances.map(({ balance }) => balance);
  const byBalance = balanceRatios(balances);
  const costs = ledger.fills.map((fill) => costOf(fill, shareUnit));
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  return {
    from: first.day,
    to: last.day,
    backtestDays: days,
    decidedDays: ledger.points.length,
    totalTrades: trades.length,
    tradesPerDay: trades.length / days,
    orders: ledger.fills.length,
    rejectedSignals: ledger.rejectedSignals(),
    startingBalance: starting,
    finalBalance: final,
    profitTotalAbs: final - starting,
    profitTotal: final / starting - 1,
    cagr: cagr(days, starting, final),
    ...tradeRatios(trades, start, end, starting),
    balanceSharpe: byBalance.sharpe,
    balanceSortino: byBalance.sortino,
    balanceCalmar: byBalance.calmar,
    ...tradeFigures(trades),
    totalVolume: sum(ledger.fills.map(({ dollars }) => money(dollars))),
    feesPaid: sum(costs.map(({ fee }) => fee)),
    slippagePaid: sum(costs.map(({ slippage }) => slippage)),
    exposure: ledger.points.filter((point) => point.shares > 0n).length / ledger.points.length,
    minBalance: after.length === 0 ? starting : Math.min(...after),
    maxBalance: after.length === 0 ? starting : Math.max(...after),
    lowBalance: Math.min(...daily),
    highBalance: Math.max(...daily),
    drawdown: figuresOf(calendar, maxDrawdown(profits, starting)),
    balanceDrawdown: figuresOf(calendar, balanceDrawdown(balances)),
    underwater: maxDrawdown(profits, starting, 'relative')?.account ?? 0,
    balanceUnderwater: balanceDrawdown(balances, 'relative')?.account ?? 0,
    marketChange: Number(last.price - first.price) / Number(first.price),
    hold: {
      finalBalance: holdFinal,
      profitTotal: holdFinal / starting - 1,
      cagr: cagr(days, starting, holdFinal),
      ...balanceRatios(holds),
      drawdown: figuresOf(calendar, balanceDrawdown(holds)),
      underwater: balanceDrawdown(holds, 'relative')?.account ?? 0,
    },
  };
}
