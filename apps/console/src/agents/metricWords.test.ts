import { expect, it } from 'vitest';
import { comparisons, figureGroups, figureWarning } from './metricWords.ts';

const metrics = {
  from: '2008-09-15',
  startingBalance: 10_000,
  finalBalance: 10_421.987,
  profitTotalAbs: 421.987,
  profitTotal: 0.0421987,
  cagr: -0.0312,
  balanceSharpe: -100,
  totalTrades: 1,
  losses: 0,
  holdingAvgSeconds: 12 * 86_400,
  slippagePaid: -1.5,
  balanceDrawdown: { abs: 812, account: 0.0812, start: '2008-09-15', end: '2008-10-10' },
  hold: {
    finalBalance: 9_000,
    profitTotal: -0.1,
    cagr: -0.2,
    sharpe: 0.5,
    drawdown: { abs: 1, account: 0.3, start: '', end: '' },
  },
};
const figure = (name: string) =>
  figureGroups(metrics)
    .flatMap(({ figures }) => figures)
    .find((candidate) => candidate.name === name)?.value;

it('gives every figure a unit', () => {
  expect(figure('Worth now')).toBe('10,421.99 pUSD');
  expect(figure('Profit of the start')).toBe('+4.22 %');
  expect(figure('Growth a year (CAGR)')).toBe('−3.12 %');
  expect(figure('Trades')).toBe('1 trade');
  expect(figure('Lost')).toBe('0 trades');
  expect(figure('Average time in the market')).toBe('12 d');
  expect(figure('Paid beside the fee')).toBe('−1.50 pUSD');
  expect(figure('Deepest fall')).toBe('8.12 %, 15 Sept 2008 to 10 Oct 2008');
});

it('does not show freqtrade’s sign for “no meaning” as a number', () => {
  expect(figure('Sharpe ratio')).toBe('too few trades');
});

it('sets what can be compared beside buying and holding', () => {
  expect(comparisons(metrics)).toEqual([
    { name: 'Worth now', agent: '10,421.99 pUSD', hold: '9,000.00 pUSD' },
    { name: 'Profit', agent: '+4.22 %', hold: '−10.00 %' },
    { name: 'Growth a year (CAGR)', agent: '−3.12 %', hold: '−20.00 %' },
    { name: 'Sharpe ratio', agent: 'too few trades', hold: '0.50' },
    { name: 'Deepest fall', agent: '8.12 %', hold: '30.00 %' },
  ]);
});

it('warns of figures that are made of a few days', () => {
  expect(figureWarning({ decidedDays: 5 })).toContain('Made from 5 days');
  expect(figureWarning({ decidedDays: 60 })).toBe('');
  expect(figureWarning({})).toBe('');
});

it('leaves out what is missing, no number or unknown', () => {
  expect(figureGroups({})).toEqual([]);
  expect(comparisons({})).toEqual([]);
  const odd = {
    finalBalance: '12',
    cagr: Number.NaN,
    wins: null,
    '<script>': 1,
    balanceDrawdown: 'x',
    hold: 3,
  };
  expect(figureGroups(odd)).toEqual([]);
});
