import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openRecord } from '../feed/openRecord.ts';
import { modelBlob } from '../rules/files.ts';
import { limits } from '../rules/rules.js';
import { periods, samplesIn } from './periods.ts';
import { fallBps, horizonDays, samplesOf } from './samples.ts';
import { type RiskCard, trainRisk } from './trainRisk.ts';

const { bars, sha256 } = openRecord();
const samples = samplesOf(bars);

test('the shipped model and its card are what the training gives', async () => {
  const { blob, card } = await trainRisk(bars, sha256);
  expect(Buffer.compare(blob, modelBlob())).toBe(0);
  const shipped = JSON.parse(
    readFileSync(new URL('../../model/card.json', import.meta.url), 'utf8'),
  ) as RiskCard;
  expect(card).toEqual(shipped);
  expect(blob.length).toBeLessThan(10_000);
  // Said in the docs; if it ever does better than the volatility alone, they have to be written again.
  expect(card.heldOut.auc).toBeLessThan(card.baselines.volatilityAuc.heldOut);
  expect(Math.abs(card.direction.heldOutAuc - 0.5)).toBeLessThan(0.01);
});

test('labels of a period do not look into the next one', () => {
  const names = ['train', 'validation', 'heldOut'] as const;
  for (const name of names) {
    const { from, to } = periods[name];
    expect(samplesIn(samples, name).every(({ day, until }) => day >= from && until <= to)).toBe(true);
  }
  const counted = names.reduce((sum, name) => sum + samplesIn(samples, name).length, 0);
  // Between two periods the mornings whose days reach into the next one are left out, and no others.
  expect(samples.length - counted).toBe(2 * horizonDays);
});

test('a sample sees closed days only, and its label is what the record says', () => {
  const at = samples.findIndex(({ day }) => day === '2008-09-29');
  const { index, input, falls, rises } = samples[at]!;
  // The future made another: the label changes, the input does not.
  const calm = bars.map((bar, position): (typeof bars)[number] => {
    if (position < index) return bar;
    const [, open] = bars[index]!;
    return [bar[0], open, open, open, open];
  });
  const other = samplesOf(calm)[at]!;
  expect([falls, rises]).toEqual([1, 0]);
  expect([other.falls, other.rises]).toEqual([0, 0]);
  expect(other.input).toEqual(input);
  expect(index).toBeGreaterThanOrEqual(limits.bars);
  expect(fallBps).toBe(200);
});
