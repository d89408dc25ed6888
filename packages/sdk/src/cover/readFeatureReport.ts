import { type FlightFeatures, LichenError } from '@lichen/protocol';
import { type Hex, hexToBytes } from 'viem';
import { bigintAt, fieldsOf, hexAt, integerAt, objectAt } from '../network/readFields.ts';

export interface SignedFeatureReport {
  readonly report: FlightFeatures;
  readonly bitmap: bigint;
  readonly signatures: Hex;
}

const latest = 2 ** 40 - 1;

/**
 * Reads a gateway's answer to `/v1/features`; nothing in it is believed yet.
 * @throws LichenError `bad-input` naming the field that is missing or out of range.
 */
export function readFeatureReport(value: unknown): SignedFeatureReport {
  const answer = fieldsOf('The signed features', value);
  const report = objectAt(answer, 'report');
  const features = hexAt(report, 'features', 16);
  if (hexToBytes(features).some((byte) => byte > 127)) {
    throw new LichenError('bad-input', 'A feature is outside the range of the model.', {
      got: features,
      expected: '16 bytes, each from 0 to 127',
    });
  }
  return {
    report: {
      carrier: hexAt(report, 'carrier', 2),
      number: integerAt(report, 'number', 0, 65_535),
      origin: hexAt(report, 'origin', 3),
      destination: hexAt(report, 'destination', 3),
      departsAt: integerAt(report, 'departsAt', 0, latest),
      arrivesAt: integerAt(report, 'arrivesAt', 0, latest),
      features,
      observedAt: integerAt(report, 'observedAt', 0, latest),
      day: integerAt(report, 'day', 0, 2 ** 32 - 1),
      cell: integerAt(report, 'cell', 0, 2 ** 32 - 1),
    },
    bitmap: bigintAt(answer, 'reporters'),
    signatures: hexAt(answer, 'signatures'),
  };
}
