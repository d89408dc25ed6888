import { fc, test } from '@fast-check/vitest';
import { isLichenError } from '@lichen/protocol';
import { describe, expect } from 'vitest';
import { readFeatureReport } from './readFeatureReport.ts';

const good = {
  report: {
    carrier: '0x5541',
    number: 1545,
    origin: '0x455752',
    destination: '0x494148',
    departsAt: 1_800_000_000,
    arrivesAt: 1_800_010_000,
    features: '0x000102030405060708090a0b0c0d0e7f',
    observedAt: 1_799_990_000,
    day: 20131205,
    cell: 7,
  },
  reporters: '0x1d',
  signatures: `0x${'ab'.repeat(256)}`,
};

describe('readFeatureReport', () => {
  test('reads what a gateway sends', () => {
    expect(readFeatureReport(good)).toEqual({
      report: good.report,
      bitmap: 0x1dn,
      signatures: good.signatures,
    });
  });

  test.prop([fc.constantFrom(...Object.keys(good.report)), fc.jsonValue()])(
    'any other value in a field is either valid itself or refused as bad input',
    (field, value) => {
      try {
        const read = readFeatureReport({ ...good, report: { ...good.report, [field]: value } });
        expect((read.report as unknown as Record<string, unknown>)[field]).toBe(value);
      } catch (error) {
        expect(isLichenError(error) && error.code).toBe('bad-input');
      }
    },
  );

  test.prop([fc.jsonValue()])('any other document is refused as bad input', (document) => {
    let refusal: unknown;
    try {
      readFeatureReport(document);
    } catch (error) {
      refusal = error;
    }
    expect(isLichenError(refusal) && refusal.code).toBe('bad-input');
  });

  test('a feature above 127 is refused', () => {
    const report = { ...good.report, features: '0x800102030405060708090a0b0c0d0e0f' };
    expect(() => readFeatureReport({ ...good, report })).toThrow('outside the range of the model');
  });
});
