import { readFileSync } from 'node:fs';
import { fc, test as property } from '@fast-check/vitest';
import { type Hex, hexToBytes } from 'viem';
import { describe, expect, test } from 'vitest';
import { isLichenError } from '../errors.ts';
import { decodeModel } from './decodeModel.ts';
import { encodeModel } from './encodeModel.ts';
import { calibrate, infer, inferRaw, inferRawAll } from './infer.ts';
import type { IntegerModel } from './integerModel.ts';
import { modelIdOf } from './modelIdOf.ts';

interface Vector<Raw> {
  name: string;
  blob: Hex;
  modelId: Hex;
  cases: { input: Hex; raw: Raw; output: string }[];
}
const vectors = JSON.parse(
  readFileSync(new URL('../../vectors/integer-model.json', import.meta.url), 'utf8'),
) as { models: Vector<string>[]; manyOutputs: Vector<string[]>[]; malformed: { name: string; blob: Hex }[] };

describe('vectors', () => {
  test.each(vectors.models)('$name', ({ blob, modelId, cases }) => {
    const bytes = hexToBytes(blob);
    const model = decodeModel(bytes);
    expect(modelIdOf(bytes)).toBe(modelId);
    expect(encodeModel(model)).toEqual(bytes);
    for (const { input, raw, output } of cases) {
      expect(String(inferRaw(model, hexToBytes(input)))).toBe(raw);
      expect(String(infer(model, hexToBytes(input)))).toBe(output);
    }
  });

  test.each(vectors.manyOutputs)('$name', ({ blob, cases }) => {
    const model = decodeModel(hexToBytes(blob));
    for (const { input, raw } of cases) {
      expect([...inferRawAll(model, hexToBytes(input))].map(String)).toEqual(raw);
      expect(() => infer(model, hexToBytes(input))).toThrow(/outputs of the last layer/);
    }
  });

  test.each(vectors.malformed)('refuses: $name', ({ blob }) => {
    expect(() => decodeModel(hexToBytes(blob))).toThrow(/integer model is malformed/);
  });
});

const int8 = fc.integer({ min: -128, max: 127 });
const bias = fc.integer({ min: 1 - 2 ** 30, max: 2 ** 30 - 1 });
const knots = fc
  .tuple(
    fc.uniqueArray(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), { minLength: 2, maxLength: 32 }),
    fc.array(fc.integer({ min: 0, max: 2 ** 32 - 1 }), { minLength: 32, maxLength: 32 }),
  )
  .map(([xs, ys]) => {
    const sorted = [...ys].sort((a, b) => a - b);
    return [...xs].sort((a, b) => a - b).map((x, index) => ({ x, y: sorted[index]! }));
  });
const models: fc.Arbitrary<IntegerModel> = fc
  .tuple(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 }), fc.option(knots))
  .chain(([sizes, curve]) => {
    const outputs = [...sizes.slice(1), 1];
    return fc.record({
      inputs: fc.constant(sizes[0]!),
      layers: fc.tuple(
        ...outputs.map((count, index) =>
          fc.record({
            outputs: fc.constant(count),
            shift: index === outputs.length - 1 ? fc.constant(0) : fc.integer({ min: 0, max: 24 }),
            weights: fc
              .array(int8, { minLength: count * sizes[index]!, maxLength: count * sizes[index]! })
              .map((values) => Int8Array.from(values)),
            biases: fc
              .array(bias, { minLength: count, maxLength: count })
              .map((values) => Int32Array.from(values)),
          }),
        ),
      ),
      knots: fc.constant(curve ?? []),
    });
  });

describe('codec', () => {
  property.prop([models])('decoding undoes encoding', (model) => {
    expect(decodeModel(encodeModel(model))).toEqual(model);
  });

  property.prop([models, fc.nat(), fc.nat(255)])(
    'a changed byte is refused or changes the id',
    (model, at, value) => {
      const blob = encodeModel(model);
      const changed = Uint8Array.from(blob);
      changed[at % blob.length] = value;
      fc.pre(value !== blob[at % blob.length]);
      expect(modelIdOf(changed)).not.toBe(modelIdOf(blob));
      try {
        expect(encodeModel(decodeModel(changed))).toEqual(changed);
      } catch (error) {
        expect(isLichenError(error) && error.code).toBe('bad-model');
      }
    },
  );
});

describe('inference', () => {
  property.prop([knots, fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 2 })])(
    'calibration never descends',
    (curve, raw) => {
      expect(calibrate(curve, raw + 1)).toBeGreaterThanOrEqual(calibrate(curve, raw));
    },
  );

  test('refuses inputs outside 0..127 and of the wrong length', () => {
    const model = decodeModel(hexToBytes(vectors.models[0]!.blob));
    expect(() => infer(model, Uint8Array.of(128))).toThrowErrorMatchingInlineSnapshot(`
      [LichenError: An input of the model is out of range.
        got:      128 at position 0
        expected: 0 to 127]
    `);
    expect(() => infer(model, Uint8Array.of(1, 2))).toThrowErrorMatchingInlineSnapshot(`
      [LichenError: The input has the wrong number of bytes.
        got:      2
        expected: 1]
    `);
  });
});
