import { formatSpan } from '../format/duration.ts';
import { formatDay } from './curve.ts';

/** A figure with its unit, and in a sentence what it is. */
export interface Figure {
  readonly name: string;
  readonly value: string;
  readonly meaning?: string;
}

export interface FigureGroup {
  readonly title: string;
  readonly figures: readonly Figure[];
}

/** The agent beside the same money left in the market. */
export interface Comparison {
  readonly name: string;
  readonly agent: string;
  readonly hold: string;
}

/** An agent's metrics as they come: unchecked JSON. */
export type Metrics = Readonly<Record<string, unknown>>;

type Format = (value: number) => string;

/** freqtrade's word for a ratio without meaning, as too few trades have none. */
const meaningless = -100;

const grouped = (digits: number): Format => {
  const format = new Intl.NumberFormat('en', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    // Nought has no sign.
    signDisplay: 'negative',
  });
  return (value) => format.format(value).replace('-', '−');
};
const two = grouped(2);
const whole = grouped(0);
const money: Format = (value) => `${two(value)} pUSD`;
const percent: Format = (value) => `${two(value * 100)} %`;
const signed: Format = (value) => (value > 0 ? `+${percent(value)}` : percent(value));
const ratio: Format = (value) => (value === meaningless ? 'too few trades' : two(value));
const count =
  (one: string, many: string): Format =>
  (value) =>
    `${whole(value)} ${value === 1 ? one : many}`;
const trades = count('trade', 'trades');
const days = count('day', 'days');

type Row = readonly [key: string, name: string, format: Format, meaning?: string];

const groups: readonly (readonly [title: string, rows: readonly Row[]])[] = [
  [
    'Result',
    [
      ['startingBalance', 'Worth at the start', money],
      ['finalBalance', 'Worth now', money],
      ['profitTotalAbs', 'Profit', money],
      ['profitTotal', 'Profit of the start', signed],
      ['cagr', 'Growth a year (CAGR)', signed, 'the yearly rate that comes to the same'],
      ['marketChange', 'Change of the market', signed],
      ['decidedDays', 'Days decided', days],
      ['exposure', 'Days with shares in hand', percent],
    ],
  ],
  [
    'Risk',
    [
      ['balanceSharpe', 'Sharpe ratio', ratio, 'yearly, from the worth of each day'],
      ['balanceSortino', 'Sortino ratio', ratio, 'as Sharpe, counting only the days that lost'],
      ['balanceCalmar', 'Calmar ratio', ratio, 'profit over the deepest fall'],
      ['sqn', 'System quality (SQN)', ratio, 'from closed trades'],
      ['lowBalance', 'Lowest worth', money],
      ['highBalance', 'Highest worth', money],
      ['underwater', 'Deepest under water', percent, 'below the best so far, over closed trades'],
    ],
  ],
  [
    'Trades',
    [
      ['totalTrades', 'Trades', trades, 'from flat to flat, the open one included'],
      ['orders', 'Orders', count('order', 'orders')],
      ['wins', 'Won', trades],
      ['draws', 'Even', trades],
      ['losses', 'Lost', trades],
      ['rejectedSignals', 'Signals that a limit stopped', count('signal', 'signals')],
      ['profitFactor', 'Profit factor', two, 'won over lost; 0 without a loss'],
      ['expectancy', 'Expected of a trade', money],
      ['bestTrade', 'Best trade', signed],
      ['worstTrade', 'Worst trade', signed],
      ['bestDayAbs', 'Best day', money],
      ['worstDayAbs', 'Worst day', money],
      ['maxConsecutiveWins', 'Most won in a row', trades],
      ['maxConsecutiveLosses', 'Most not won in a row', trades],
      ['avgStake', 'Average stake', money],
      ['holdingAvgSeconds', 'Average time in the market', formatSpan, 'in recorded days'],
    ],
  ],
  [
    'Costs',
    [
      ['totalVolume', 'Bought and sold', money],
      ['feesPaid', 'Fees paid to the pool', money],
      ['slippagePaid', 'Paid beside the fee', money, 'against the open; below zero the pool was cheaper'],
    ],
  ],
];

function numberAt(fields: Metrics, key: string): number | undefined {
  const value = fields[key];
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function fieldsAt(fields: Metrics, key: string): Metrics {
  const value = fields[key];
  return typeof value === 'object' && value !== null ? (value as Metrics) : {};
}

function drawdownText(fields: Metrics): string | undefined {
  const share = numberAt(fields, 'account');
  if (share === undefined) return undefined;
  const { start, end } = fields;
  const span =
    typeof start === 'string' && typeof end === 'string' && start !== '' && end !== ''
      ? `, ${formatDay(start)} to ${formatDay(end)}`
      : '';
  return `${percent(share)}${span}`;
}

/** freqtrade's figures in words and units; what an agent does not tell is left out, what it should not tell is not shown. */
export function figureGroups(metrics: Metrics): readonly FigureGroup[] {
  return groups
    .map(([title, rows]) => ({
      title,
      figures: [
        ...rows.flatMap(([key, name, format, meaning]): Figure[] => {
          const value = numberAt(metrics, key);
          if (value === undefined) return [];
          return [{ name, value: format(value), ...(meaning === undefined ? {} : { meaning }) }];
        }),
        ...(title === 'Risk' ? drawdowns(metrics) : []),
      ],
    }))
    .filter(({ figures }) => figures.length > 0);
}

function drawdowns(metrics: Metrics): Figure[] {
  const text = drawdownText(fieldsAt(metrics, 'balanceDrawdown'));
  return text === undefined
    ? []
    : [{ name: 'Deepest fall', value: text, meaning: 'from the worth of each day' }];
}

/** Days from which a yearly figure means something. */
const fewestDays = 60;

/** What a reader must know before trusting the figures; empty when there is nothing. */
export function figureWarning(metrics: Metrics): string {
  const decided = numberAt(metrics, 'decidedDays');
  if (decided === undefined || decided >= fewestDays) return '';
  return `Made from ${days(decided)}: yearly figures and ratios mean little before ${fewestDays}.`;
}

/** The figures that can be set beside those of buying once and holding. */
export function comparisons(metrics: Metrics): readonly Comparison[] {
  const hold = fieldsAt(metrics, 'hold');
  const row = (name: string, key: string, holdKey: string, format: Format): Comparison[] => {
    const [mine, theirs] = [numberAt(metrics, key), numberAt(hold, holdKey)];
    if (mine === undefined || theirs === undefined) return [];
    return [{ name, agent: format(mine), hold: format(theirs) }];
  };
  const falls = [fieldsAt(metrics, 'balanceDrawdown'), fieldsAt(hold, 'drawdown')].map((fields) =>
    numberAt(fields, 'account'),
  );
  return [
    ...row('Worth now', 'finalBalance', 'finalBalance', money),
    ...row('Profit', 'profitTotal', 'profitTotal', signed),
    ...row('Growth a year (CAGR)', 'cagr', 'cagr', signed),
    ...row('Sharpe ratio', 'balanceSharpe', 'sharpe', ratio),
    ...row('Sortino ratio', 'balanceSortino', 'sortino', ratio),
    ...row('Calmar ratio', 'balanceCalmar', 'calmar', ratio),
    ...(falls[0] === undefined || falls[1] === undefined
      ? []
      : [{ name: 'Deepest fall', agent: percent(falls[0]), hold: percent(falls[1]) }]),
  ];
}
