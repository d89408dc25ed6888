import { readFileSync } from 'node:fs';
import { fc, test as property } from '@fast-check/vitest';
import { type Hex, hexToBytes } from 'viem';
import { describe, expect, test } from 'vitest';
import { decodeModel } from './decodeModel.ts';
import { infer } from './infer.ts';
import type { IntegerModel } from './integerModel.ts';
import { shapley } from './shapley.ts';

const vectors = JSON.parse(
  readFileSync(new URL('../../vectors/integer-model.json', import.meta.url), 'utf8'),
) as { models: { name: string; blob: Hex }[] };
const named = (name: string) =>
  decodeModel(hexToBytes(vectors.models.find((model) => model.name === name)!.blob));
const deep = named('four layers of odd widths');
const input = fc.uint8Array({ minLength: 5, maxLength: 5, max: 127 });

/** Mean marginal contribution over all orders of arrival: the definition, in a form too slow to ship. */
function byPermutations(model: IntegerModel, from: Uint8Array, to: Uint8Array): number[] {
  const sums = new Array<number>(to.length).fill(0);
  let orders = 0;
  const visit = (mixed: Uint8Array, rest: number[]) => {
    if (rest.length === 0) orders++;
    for (const player of rest) {
      const next = Uint8Array.from(mixed);
      next[player] = to[player]!;
      const weight = factorial(rest.length - 1);
      sums[player]! += weight * Number(infer(model, next) - infer(model, mixed));
      visit(
        next,
        rest.filter((other) => other !== player),
      );
    }
  };
  visit(from, [...to.keys()]);
  return sums.map((sum) => sum / orders);
}
const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));

describe('shapley', () => {
  property.prop([input, input])(
    'parts sum to the difference and are within 1 of the exact value',
    (to, from) => {
      const model = { ...deep, knots: [] };
      const { contributions, output, baselineOutput } = shapley(model, to, from);
      expect(contributions.reduce((a, b) => a + b, 0n)).toBe(output - baselineOutput);
      byPermutations(model, from, to).forEach((exact, index) => {
        expect(Math.abs(Number(contributions[index]!) - exact)).toBeLessThan(1 + 1e-6);
      });
    },
  );

  property.prop([input])('equal features contribute nothing', (to) => {
    const from = Uint8Array.from(to);
    from[2] = 127 - to[2]!;
    const { contributions, output, baselineOutput } = shapley(deep, to, from);
    expect(contributions).toEqual([0n, 0n, output - baselineOutput, 0n, 0n]);
  });

  test('a linear model gives weight times difference', () => {
    const model = { ...named('logistic, one layer with knots'), knots: [] };
    const { contributions } = shapley(model, Uint8Array.of(1, 2, 3, 4), Uint8Array.of(0, 0, 0, 1));
    expect(contributions).toEqual([3n, -4n, 15n, -384n]);
  });

  test('16 features against the zero baseline add up', () => {
    const model = named('flight shape 16-32-16-1, 32 knots');
    const to = Uint8Array.from({ length: 16 }, (_, index) => (index * 37 + 11) % 128);
    const { contributions, output, baselineOutput } = shapley(model, to, new Uint8Array(16));
    expect(contributions.reduce((a, b) => a + b, 0n)).toBe(output - baselineOutput);
  });

  test('refuses more than 20 differing features', () => {
    const model = named('64 inputs, 20 units');
    expect(() =>
      shapley(model, new Uint8Array(64).fill(1), new Uint8Array(64)),
    ).toThrowErrorMatchingInlineSnapshot(`
      [LichenError: Too many features differ from the baseline.
        got:      64
        expected: 20 or fewer]
    `);
  });
});
