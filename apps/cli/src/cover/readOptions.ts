import { LichenError } from '@lichen/protocol';
import { type Address, getAddress, type Hex, isAddress, isHex, size } from 'viem';

function refuse(summary: string, got: string, expected: string): never {
  throw new LichenError('bad-input', summary, {
    got: JSON.stringify(got.slice(0, 80)),
    expected,
    retry: 'after-fix',
  });
}

/** A whole number within bounds. @throws LichenError `bad-input`. */
export function readWhole(name: string, text: string, low: number, high: number): number {
  const value = /^\d{1,12}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= low && value <= high))
    refuse(`${name} is not usable.`, text, `a whole number from ${low} to ${high}`);
  return value;
}

/** An airport's IATA code in capitals. @throws LichenError `bad-input`. */
export function readAirport(text: string): string {
  const code = text.toUpperCase();
  return /^[A-Z]{3}$/.test(code)
    ? code
    : refuse('That is not the code of an airport.', text, 'three letters such as EWR');
}

/** An airline's IATA code in capitals. @throws LichenError `bad-input`. */
export function readAirline(text: string): string {
  const code = text.toUpperCase();
  return /^(?=.*[A-Z])[A-Z0-9]{2}$/.test(code)
    ? code
    : refuse('That is not the code of an airline.', text, 'two letters or digits such as UA or B6');
}

/** An address with its checksum. @throws LichenError `bad-input`. */
export function readAddress(text: string): Address {
  return isAddress(text) ? getAddress(text) : refuse('That is not an account.', text, '0x and 40 hex digits');
}

/** A whole 32-byte id in small letters. @throws LichenError `bad-input`. */
export function readId(what: string, text: string): Hex {
  return isHex(text) && size(text) === 32
    ? (text.toLowerCase() as Hex)
    : refuse(`That is not the id of a ${what}.`, text, '0x and 64 hex digits');
}

/** Bytes as hex. @throws LichenError `bad-input`. */
export function readBytes(text: string): Hex {
  return isHex(text) && text.length % 2 === 0 && text.length > 2
    ? (text.toLowerCase() as Hex)
    : refuse('Those are not bytes.', text, '0x and two hex digits a byte');
}
