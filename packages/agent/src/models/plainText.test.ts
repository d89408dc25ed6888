import { expect, test } from 'vitest';
import { plainText } from './plainText.ts';

test('one line, without what is not seen', () => {
  expect(plainText('  a\r\n\u001b[31mb\u202ec\u200bd\u{e0041}e\ud800f \u2028 g ', 100)).toBe(
    'a [31mb c d e f g',
  );
});

test('cut by characters, never within one', () => {
  expect(plainText('🌿'.repeat(10), 4)).toBe('🌿🌿🌿…');
  expect(plainText('abcd', 4)).toBe('abcd');
  expect(Array.from(plainText('x'.repeat(10_000_000), 50))).toHaveLength(50);
});

test('secrets are taken out before anything is cut', () => {
  expect(plainText('no sk-1 here, sk-1', 100, ['sk-1'])).toBe('no [key] here, [key]');
  expect(plainText(`${'x'.repeat(97)}sk-12345`, 100, ['sk-12345'])).not.toContain('sk-1');
});
