import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { exactExp, exactLog, logistic } from './exactMath.ts';

describe('exactMath', () => {
  property.prop([fc.double({ min: -600, max: 600, noNaN: true })])('exactExp is e to the power x', (x) => {
    expect(Math.abs(exactExp(x) / Math.exp(x) - 1)).toBeLessThan(2e-13);
  });

  property.prop([fc.double({ min: 1e-300, max: 1e300, noNaN: true })])(
    'exactLog is the natural logarithm',
    (x) => {
      expect(Math.abs(exactLog(x) - Math.log(x))).toBeLessThan(1e-12);
    },
  );

  test('the bits are fixed', () => {
    expect([
      exactExp(1),
      exactExp(-2.5),
      exactLog(10),
      exactLog(0.1),
      logistic(0.7),
      logistic(-30),
    ]).toMatchInlineSnapshot(`
      [
        2.718281828459045,
        0.08208499862389883,
        2.3025850929940455,
        -2.3025850929940455,
        0.6681877721681662,
        9.348077867343818e-14,
      ]
    `);
  });
});
