import { isLichenError } from '@lichen/protocol';
import { describe, expect, test } from 'vitest';
import { parseFlightName } from './findFlight.ts';

describe('parseFlightName', () => {
  test('reads airline and number', () => {
    expect(parseFlightName('UA1545')).toEqual({ kind: 'number', carrier: 'UA', number: 1545 });
    expect(parseFlightName('b6 17')).toEqual({ kind: 'number', carrier: 'B6', number: 17 });
    expect(parseFlightName('9E3405')).toEqual({ kind: 'number', carrier: '9E', number: 3405 });
  });

  test('reads an id and the start of one', () => {
    const id = `0x${'Ab'.repeat(32)}`;
    expect(parseFlightName(id)).toEqual({ kind: 'id', id: id.toLowerCase() });
    expect(parseFlightName('0xabcdef')).toEqual({ kind: 'prefix', prefix: '0xabcdef' });
  });

  test('refuses everything else', () => {
    const bad = [
      '',
      'UA',
      '1545',
      'UA0',
      'UA99999',
      'UA154500',
      '0x',
      '0xabcde',
      `0x${'a'.repeat(65)}`,
      'UA1545;',
      '15 45',
    ];
    for (const text of bad) {
      expect(() => parseFlightName(text), text).toThrow('That names no flight.');
    }
    try {
      parseFlightName('tomorrow');
    } catch (error) {
      expect(isLichenError(error) && error.message).toMatchSnapshot();
    }
  });
});
