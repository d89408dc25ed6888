import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import {
  amountInOf,
  amountInToReach,
  amountOutOf,
  integerSquareRoot,
  poolPriceOf,
  reservesAt,
  swapInPool,
} from './constantProduct.ts';
import { isAtPrice, movedPool, movePoolTo } from './movePoolTo.ts';

// deployMarket.system.test.ts holds the same functions to the contracts themselves.
const reserve = fc.bigInt({ min: 1n, max: 2n ** 111n });
/** Reserves of a real market: from ten thousand dollars to a trillion, at prices from one dollar to a million. */
const market = fc.record({
  dollar: fc.bigInt({ min: 10n ** 10n, max: 10n ** 18n }),
  price: fc.bigInt({ min: 10n ** 6n, max: 10n ** 12n }),
});

describe('the square root', () => {
  property.prop([fc.bigInt({ min: 0n, max: 2n ** 400n })])('is the largest whole number', (value) => {
    const root = integerSquareRoot(value);
    expect(root * root).toBeLessThanOrEqual(value);
    expect((root + 1n) * (root + 1n)).toBeGreaterThan(value);
  });
  test('of small numbers and of one below nought', () => {
    expect([0n, 1n, 2n, 3n, 4n, 15n, 16n].map(integerSquareRoot)).toEqual([0n, 1n, 1n, 1n, 2n, 3n, 4n]);
    expect(() => integerSquareRoot(-1n)).toThrow('no square root');
  });
});

describe('a swap', () => {
  property.prop([reserve, reserve, reserve])(
    'never makes the product of the reserves smaller',
    (x, y, some) => {
      const amountIn = (some % (2n ** 111n - 1n)) + 1n;
      const out = amountOutOf(amountIn, x, y);
      expect(out).toBeLessThan(y);
      expect((x + amountIn) * (y - out)).toBeGreaterThanOrEqual(x * y);
    },
  );
  property.prop([reserve, reserve, reserve])(
    'of what getAmountIn says brings at least what was asked',
    (x, y, some) => {
      fc.pre(y > 1n);
      const wanted = (some % (y - 1n)) + 1n;
      const amountIn = amountInOf(wanted, x, y);
      fc.pre(amountIn < 2n ** 112n);
      expect(amountOutOf(amountIn, x, y)).toBeGreaterThanOrEqual(wanted);
    },
  );
  test('as in Uniswap’s own tests', () => {
    // https://github.com/Uniswap/v2-core/blob/master/test/UniswapV2Pair.spec.ts
    const e18 = 10n ** 18n;
    const cases: [bigint, bigint, bigint, bigint][] = [
      [1n, 5n, 10n, 1_662_497_915_624_478_906n],
      [1n, 10n, 5n, 453_305_446_940_074_565n],
      [2n, 5n, 10n, 2_851_015_155_847_869_602n],
      [2n, 10n, 5n, 831_248_957_812_239_453n],
      [1n, 10n, 10n, 906_610_893_880_149_131n],
      [1n, 100n, 100n, 987_158_034_397_061_298n],
      [1n, 1000n, 1000n, 996_006_981_039_903_216n],
    ];
    for (const [amount, x, y, out] of cases) expect(amountOutOf(amount * e18, x * e18, y * e18)).toBe(out);
  });
  test.each([
    [0n, 1n, 1n],
    [1n, 0n, 1n],
    [1n, 1n, 0n],
    [-1n, 1n, 1n],
    [1n, 2n ** 112n, 1n],
  ])('of %s in a pool of %s and %s is refused', (amount, x, y) => {
    expect(() => amountOutOf(amount, x, y)).toThrow(expect.objectContaining({ code: 'bad-input' }));
    expect(() => amountInOf(amount, x, y)).toThrow(expect.objectContaining({ code: 'bad-input' }));
  });
  test('that brings nothing, or more than the pair can hold, is refused', () => {
    const pool = { dollar: 10n ** 12n, share: 10n ** 6n };
    expect(() => swapInPool(pool, 'dollar', 1n)).toThrow('brings nothing');
    expect(() => swapInPool({ dollar: 2n ** 112n - 1n, share: 2n ** 111n }, 'dollar', 5n)).toThrow(
      'cannot hold',
    );
    expect(() => amountInOf(10n ** 6n, 10n ** 12n, 10n ** 6n)).toThrow('cannot give');
  });
});

describe('the way to a price', () => {
  property.prop([market, fc.bigInt({ min: 500_000n, max: 2_000_000n })])(
    'ends within a millionth of it, short of it, and is not gone twice',
    ({ dollar, price }, change) => {
      const pool = reservesAt(price, dollar);
      fc.pre(pool.share > 10n ** 8n);
      const target = (price * change) / 1_000_000n;
      const swap = movePoolTo(pool, target);
      const after = movedPool(pool, target);
      expect(isAtPrice(after, target)).toBe(true);
      expect(movePoolTo(after, target)).toBeUndefined();
      if (swap === undefined) return;
      expect(swap.from).toBe(target > poolPriceOf(pool) ? 'dollar' : 'share');
      expect(after.dollar * after.share).toBeGreaterThanOrEqual(pool.dollar * pool.share);
    },
  );
  property.prop([market, fc.bigInt({ min: 1_000_100n, max: 3_000_000n })])(
    'is as long as whole base units allow',
    ({ dollar, price }, change) => {
      const pool = reservesAt(price, dollar);
      fc.pre(pool.share > 10n ** 8n);
      const ratio = { numerator: price * change, denominator: 10n ** 12n };
      const amountIn = amountInToReach(pool.dollar, pool.share, ratio);
      // Held to exact fractions: (r + x)(1000r + 997x) against 1000rs·n/d, what the pool would hold without rounding.
      const goal = 1_000n * pool.dollar * pool.share * ratio.numerator;
      const at = (x: bigint) => (pool.dollar + x) * (1_000n * pool.dollar + 997n * x) * ratio.denominator;
      expect(at(amountIn)).toBeLessThanOrEqual(goal);
      expect(at(amountIn + 1n)).toBeGreaterThan(goal);
    },
  );
  test('is nought in the other direction, and refused to no price at all', () => {
    const pool = reservesAt(1_500_000_000n, 10n ** 13n);
    expect(amountInToReach(pool.dollar, pool.share, { numerator: 1n, denominator: 10n })).toBe(0n);
    expect(movePoolTo(pool, 1_500_000_000n)).toBeUndefined();
    expect(() => movePoolTo(pool, 0n)).toThrow(expect.objectContaining({ code: 'bad-input' }));
    expect(() => movePoolTo(pool, -5n)).toThrow(expect.objectContaining({ code: 'bad-input' }));
    expect(() => movePoolTo({ dollar: 0n, share: 1n }, 5n)).toThrow(
      expect.objectContaining({ code: 'bad-input' }),
    );
    expect(() => reservesAt(0n, 5n)).toThrow(expect.objectContaining({ code: 'bad-input' }));
  });
});
