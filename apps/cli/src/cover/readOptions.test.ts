import { describe, expect, test } from 'vitest';
import { readAddress, readAirline, readAirport, readBytes, readId, readWhole } from './readOptions.ts';

describe('options of the command line', () => {
  test('good input', () => {
    expect(readWhole('--within', '6', 1, 100)).toBe(6);
    expect(readAirport('ewr')).toBe('EWR');
    expect(readAirline('b6')).toBe('B6');
    expect(readAddress('0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266')).toBe(
      '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266',
    );
    expect(readId('question', `0x${'AB'.repeat(32)}`)).toBe(`0x${'ab'.repeat(32)}`);
    expect(readBytes('0x0a')).toBe('0x0a');
  });

  test('malformed input is refused with what was expected', () => {
    for (const text of ['', '-1', '0', '101', '1.5', '1e1', 'six', '99999999999999']) {
      expect(() => readWhole('--within', text, 1, 100), text).toThrow('a whole number from 1 to 100');
    }
    for (const text of ['', 'EW', 'EWRX', 'E1R', '../'])
      expect(() => readAirport(text)).toThrow('three letters');
    for (const text of ['', 'U', 'UAL', '12', 'U!'])
      expect(() => readAirline(text)).toThrow('two letters or digits');
    for (const text of ['', '0x12', 'f39fd6e51aad88f6f4ce6ab8827279cfffb92266']) {
      expect(() => readAddress(text)).toThrow('0x and 40 hex digits');
    }
    for (const text of ['', '0x12', 'tomorrow'])
      expect(() => readId('question', text)).toThrow('0x and 64 hex digits');
    for (const text of ['', '0x', '0x1', '0xzz'])
      expect(() => readBytes(text)).toThrow('two hex digits a byte');
  });
});
