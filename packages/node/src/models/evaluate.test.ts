import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { areaUnderCurve } from './areaUnderCurve.ts';
import { calibrationByDecile, evaluate } from './evaluate.ts';
import { fitCalibration } from './fitCalibration.ts';

const scored = fc.array(fc.record({ score: fc.integer({ min: 0, max: 9 }), bad: fc.constantFrom(0, 1) }), {
  minLength: 2,
  maxLength: 60,
});

describe('areaUnderCurve', () => {
  property.prop([scored])('is the share of pairs in the right order', (list) => {
    const pairs = list.flatMap((a) =>
      list.filter((b) => a.bad > b.bad).map((b) => (a.score > b.score ? 1 : a.score === b.score ? 0.5 : 0)),
    );
    fc.pre(pairs.length > 0);
    const auc = areaUnderCurve(
      list.map(({ score }) => score),
      list.map(({ bad }) => bad),
    );
    expect(auc).toBeCloseTo(pairs.reduce((a: number, b) => a + b, 0) / pairs.length, 12);
  });
});

describe('evaluate', () => {
  test('known figures', () => {
    expect(evaluate([500_000, 500_000, 1_000_000, 0], [1, 0, 1, 0])).toEqual({
      count: 4,
      predicted: 0.5,
      observed: 0.5,
      auc: 0.875,
      brier: 0.125,
      logLoss: 0.346574,
    });
  });

  test('deciles hold every flight once, in rising order', () => {
    const ppm = Array.from({ length: 103 }, (_, index) => (index * 37) % 103);
    const deciles = calibrationByDecile(
      ppm,
      ppm.map(() => 0),
    );
    expect(deciles.reduce((sum, { count }) => sum + count, 0)).toBe(103);
    expect(deciles.map(({ predicted }) => predicted)).toEqual(
      deciles.map(({ predicted }) => predicted).sort((a, b) => a - b),
    );
  });
});

describe('fitCalibration', () => {
  property.prop([
    fc.array(fc.tuple(fc.integer({ min: -5000, max: 5000 }), fc.constantFrom(0, 1)), {
      minLength: 50,
      maxLength: 400,
    }),
  ])('knots rise, and fit in a model', (list) => {
    const knots = fitCalibration(
      list.map(([raw]) => raw),
      list.map(([, bad]) => bad),
    );
    expect(knots.length).toBeLessThanOrEqual(32);
    for (let i = 1; i < knots.length; i++) {
      expect(knots[i]!.x).toBeGreaterThan(knots[i - 1]!.x);
      expect(knots[i]!.y).toBeGreaterThanOrEqual(knots[i - 1]!.y);
    }
  });
});
