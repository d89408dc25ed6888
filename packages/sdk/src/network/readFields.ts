import { LichenError } from '@lichen/protocol';
import { type Address, type Hex, isAddress, isHex, size } from 'viem';

/** What came from outside, addressed by where it came from for the error text. */
export interface Fields {
  readonly where: string;
  readonly values: Readonly<Record<string, unknown>>;
}

function refuse(fields: Fields, name: string, expected: string): never {
  throw new LichenError('bad-input', `${fields.where} has no usable "${name}".`, {
    got: JSON.stringify(fields.values[name])?.slice(0, 80) ?? 'nothing',
    expected,
    next: 'Check that the gateway and this program come from the same release.',
  });
}

/**
 * Reads an unknown value as an object.
 * @throws LichenError `bad-input` when it is none.
 */
export function fieldsOf(where: string, value: unknown): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new LichenError('bad-input', `${where} is not an object.`, {
      got: JSON.stringify(value)?.slice(0, 80) ?? 'nothing',
      expected: 'a JSON object',
    });
  }
  return { where, values: value as Record<string, unknown> };
}

/** An object inside an object. @throws LichenError `bad-input`. */
export function objectAt(fields: Fields, name: string): Fields {
  const value = fields.values[name];
  if (typeof value !== 'object' || value === null || Array.isArray(value)) refuse(fields, name, 'an object');
  return { where: `${fields.where}.${name}`, values: value as Record<string, unknown> };
}

/** A list inside an object. @throws LichenError `bad-input`. */
export function listAt(fields: Fields, name: string): readonly unknown[] {
  const value = fields.values[name];
  return Array.isArray(value) ? value : refuse(fields, name, 'a list');
}

/** @throws LichenError `bad-input`. */
export function textAt(fields: Fields, name: string): string {
  const value = fields.values[name];
  return typeof value === 'string' ? value : refuse(fields, name, 'text');
}

/** A whole number from `low` to `high`. @throws LichenError `bad-input`. */
export function integerAt(fields: Fields, name: string, low: number, high: number): number {
  const value = fields.values[name];
  if (typeof value !== 'number' || !Number.isInteger(value) || value < low || value > high) {
    refuse(fields, name, `a whole number from ${low} to ${high}`);
  }
  return value;
}

/** A non-negative integer of any size, as JSON number, decimal string or 0x string. @throws LichenError `bad-input`. */
export function bigintAt(fields: Fields, name: string): bigint {
  const value = fields.values[name];
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return BigInt(value);
  if (typeof value === 'string' && /^(\d{1,78}|0x[0-9a-fA-F]{1,64})$/.test(value)) return BigInt(value);
  return refuse(fields, name, 'a non-negative integer');
}

/** Hex text of exactly `bytes` bytes, or of any whole number of bytes. @throws LichenError `bad-input`. */
export function hexAt(fields: Fields, name: string, bytes?: number): Hex {
  const value = fields.values[name];
  if (!isHex(value) || value.length % 2 !== 0 || (bytes !== undefined && size(value) !== bytes)) {
    refuse(fields, name, bytes === undefined ? '0x and whole bytes' : `0x and ${bytes} bytes`);
  }
  return value;
}

/** @throws LichenError `bad-input`. */
export function addressAt(fields: Fields, name: string): Address {
  const value = fields.values[name];
  return typeof value === 'string' && isAddress(value) ? value : refuse(fields, name, 'an address');
}
