import { expect, it } from 'vitest';
import { plainText, textOfBytes } from './plainText.ts';

it('leaves text as it is', () => {
  const text = '{"close":"101.20"}\n\tGrüße, 你好 🌿';
  expect(plainText(text)).toBe(text);
  expect(textOfBytes(new TextEncoder().encode(text))).toEqual({ text, isCut: false });
});

it('writes out what would turn or hide text', () => {
  expect(plainText('pay \u202eecila')).toBe('pay \\u202eecila');
  expect(plainText('a\u200bb\u0000c\u001b[2J')).toBe('a\\u200bb\\u0000c\\u001b[2J');
});

it('shows bytes that are no text, and the beginning of what is long', () => {
  expect(textOfBytes(Uint8Array.of(0xff, 0x41)).text).toBe('\ufffdA');
  const long = textOfBytes(new Uint8Array(500_000).fill(0x61));
  expect(long.text).toHaveLength(100_000);
  expect(long.isCut).toBe(true);
});
