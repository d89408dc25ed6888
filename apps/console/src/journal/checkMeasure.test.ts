import { expect, it } from 'vitest';
import { checkMeasure } from './checkMeasure.ts';

const check = (rule: string, got: string, limit: string) => ({ rule, got, limit, passed: true });

it('shows basis points and parts per million as percent, and amounts as money', () => {
  expect(checkMeasure(check('turnover of 21 days (bps of worth)', '12345', '20000'))).toMatchObject({
    name: 'turnover of 21 days, of worth',
    got: '123.45 %',
    limit: '200.00 %',
  });
  expect(
    checkMeasure(check('drawdown of closed trades (bps)', '-5', 'at most 1500 within 126 days')),
  ).toEqual({
    name: 'drawdown of closed trades',
    got: '−0.05 %',
    limit: 'at most 15.00 % within 126 days',
    bar: { got: 0, limit: 0.9 },
  });
  expect(checkMeasure(check('model: risk of a fall (ppm)', '123456', '300000')).got).toBe('12.35 %');
  expect(
    checkMeasure(check('size of the order (base units of pUSD)', '12345678', 'at least 10000000')),
  ).toEqual({
    name: 'size of the order',
    got: '12.35 pUSD',
    limit: 'at least 10.00 pUSD',
    bar: { got: 0.9, limit: 0.729 },
  });
  expect(checkMeasure(check('age of the statement (ms)', '1500', '15000')).got).toBe('1,500 ms');
});

it('leaves as recorded what names no unit or is no number', () => {
  expect(checkMeasure(check('phase of the day', 'open', 'open'))).toEqual({
    name: 'phase of the day',
    got: 'open',
    limit: 'open',
    bar: undefined,
  });
  expect(checkMeasure(check('number of the day', '12', 'after 11'))).toMatchObject({
    got: '12',
    limit: 'after 11',
    bar: undefined,
  });
  expect(checkMeasure(check('sources that agree', '3', '2')).bar).toEqual({ got: 0.9, limit: 0.6 });
  expect(checkMeasure(check('stop-loss guard (stops)', '0', 'fewer than 2 within 63 days'))).toMatchObject({
    name: 'stop-loss guard (stops)',
    got: '0',
    limit: 'fewer than 2 within 63 days',
  });
  expect(checkMeasure(check('drawdown (bps)', 'unknown', '1500'))).toMatchObject({
    name: 'drawdown (bps)',
    got: 'unknown',
    limit: '1500',
  });
});

it('keeps hostile text harmless: no turned direction, no pattern of a replacement, no endless number', () => {
  expect(checkMeasure(check('\u202erule', '$&', "$'"))).toMatchObject({
    name: '\\u202erule',
    got: '$&',
    limit: "$'",
  });
  expect(checkMeasure(check('x (bps)', '9'.repeat(4_000), '1')).bar).toBeUndefined();
  expect(checkMeasure(check('x (bps)', '0', '0')).bar).toBeUndefined();
  expect(checkMeasure(check('x (bps)', '9'.repeat(40), '1')).bar).toEqual({ got: 0.9, limit: 0 });
  expect(checkMeasure(check('trend (bps)', '536', 'above 0')).bar).toBeUndefined();
});
