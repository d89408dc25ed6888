// Cover sold on every held-out flight at the quoted price: what it takes in, what it pays, and for whom it loses.
// Writes the chart docs/images/loss-ratio.svg.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { shippedPredictions } from '../models/shippedModel.ts';
import { backtest } from './backtest.ts';
import { backtestChart } from './backtestChart.ts';

const print = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);
const rounded = (value: number): number => Math.round(value * 10_000) / 10_000;

const { ppm, bad } = shippedPredictions();
const result = backtest(ppm, bad);
const { deciles, payouts, expectedPayouts, premiums, policies } = result;
const deviation = 100 * (Number(payouts) / Number(expectedPayouts) - 1);
print({
  name: 'cover payouts against expected',
  value: rounded(deviation),
  unit: '%',
  bar: '-7 to 7',
  holds: Math.abs(deviation) <= 7,
  policies,
  lossRatio: rounded(Number(payouts) / Number(premiums)),
});
const ours = deciles.map(({ lossRatio }) => rounded(lossRatio));
const flat = deciles.map(({ flatLossRatio }) => rounded(flatLossRatio));
print({
  name: 'cover worst loss ratio of a risk decile',
  value: Math.max(...ours),
  unit: 'payouts over premiums',
  bar: '<= 1',
  holds: Math.max(...ours) <= 1,
  deciles: ours,
  rival: { name: 'one flat price', value: Math.max(...flat), deciles: flat },
});
const chart = fileURLToPath(new URL('../../../docs/images/loss-ratio.svg', import.meta.url));
writeFileSync(chart, backtestChart(result));
