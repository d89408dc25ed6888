import { LichenError } from '../errors.ts';
import { type FeatureName, featureDefinitions, featureNames } from './features.ts';

export interface DescribedFeature {
  readonly name: FeatureName;
  /** For a screen, in sentence case. */
  readonly label: string;
  /** In `unit`; the byte keeps a range of values, this is its middle. */
  readonly value: number;
  readonly unit: string;
  /** Value and unit as a person reads them: `Friday`, `10:28`, `1387 miles`. */
  readonly text: string;
  /** The input of the model, 0..127. */
  readonly byte: number;
}

/**
 * The features in words and units, in the model's order.
 * @throws LichenError `bad-input` unless there are 16 bytes of 0..127.
 */
export function describeFeatures(bytes: Uint8Array): DescribedFeature[] {
  if (bytes.length !== featureNames.length || bytes.some((byte) => byte > 127)) {
    throw new LichenError('bad-input', 'These are not the features of a flight.', {
      got: `${bytes.length} bytes`,
      expected: `${featureNames.length} bytes of 0 to 127`,
      retry: 'after-fix',
    });
  }
  return featureNames.map((name, index) => {
    const { label, scale } = featureDefinitions[name];
    const byte = bytes[index]!;
    const value = scale.decode(byte);
    return { name, label, value, unit: scale.unit, text: textOf(name, value, scale.unit), byte };
  });
}

const weekdays = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

function textOf(name: FeatureName, value: number, unit: string): string {
  if (name === 'weekday') return weekdays[value] ?? String(value);
  if (name === 'departureTime') {
    const minute = Math.floor(value);
    return `${Math.floor(minute / 60)}:${String(minute % 60).padStart(2, '0')}`;
  }
  return `${value >= 100 ? Math.round(value) : value} ${unit}`;
}
