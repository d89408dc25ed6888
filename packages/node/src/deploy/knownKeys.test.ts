import { generatePrivateKey } from 'viem/accounts';
import { describe, expect, test } from 'vitest';
import { refuseKnownKey } from './knownKeys.ts';

describe('refuseKnownKey', () => {
  test.each([
    [
      'the first account of anvil and hardhat',
      '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80',
    ],
    ['the ninth', '0x2a871d0798f97d79848a013d4936a73bf4cc922c825d33c1cf7073dff6d409c6'],
    ['the first account of ganache', '0x4f3edf983ac636a65a842ce7c78d9aa706d3b113bce9c46f30d7d21715b23b1d'],
    ['one', `0x${'1'.padStart(64, '0')}`],
    ['nothing', ''],
    ['a word', 'password'],
  ])('refuses %s', (_name, key) => {
    expect(() => refuseKnownKey(key)).toThrowError(
      expect.objectContaining({ code: 'bad-input', retry: 'after-fix' }),
    );
  });

  test('never repeats the key in its message', () => {
    const key = '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80';
    expect(() => refuseKnownKey(key)).toThrowError(
      expect.not.objectContaining({ message: expect.stringContaining(key) }),
    );
  });

  test('takes a key drawn at random', () => {
    expect(() => refuseKnownKey(generatePrivateKey())).not.toThrow();
  });
});
