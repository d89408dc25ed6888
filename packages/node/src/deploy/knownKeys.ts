import { LichenError } from '@lichen/protocol';
import type { Hex } from 'viem';
import { mnemonicToAccount, privateKeyToAccount } from 'viem/accounts';

const publishedMnemonics = [
  'test test test test test test test test test test test junk',
  'myth like bonus scare over problem client lizard pioneer submit female collect',
  'candy maple cake sugar pudding cream honey rich smooth crumble sweet treat',
];

/**
 * Refuses keys that come with development tools: everybody has them, so whatever they deploy or own on a shared chain
 * belongs to whoever is quickest.
 *
 * @throws LichenError `bad-input` for such a key, or for one that is not 32 bytes of hex.
 */
export function refuseKnownKey(key: string): asserts key is Hex {
  const next = 'Make a key of your own and set LICHEN_DEPLOYER_KEY to it.';
  if (!/^0x[0-9a-fA-F]{64}$/.test(key)) {
    throw new LichenError('bad-input', 'The deployer key is not a private key.', {
      expected: '0x and 64 hexadecimal digits',
      next,
      retry: 'after-fix',
    });
  }
  const { address } = privateKeyToAccount(key as Hex);
  const isPublished = publishedMnemonics.some((mnemonic) =>
    Array.from(
      { length: 20 },
      (_, addressIndex) => mnemonicToAccount(mnemonic, { addressIndex }).address,
    ).includes(address),
  );
  if (isPublished || BigInt(key) < 1_000n) {
    throw new LichenError('bad-input', 'The deployer key is published with development tools.', {
      got: address,
      expected: 'a key that nobody else has',
      next,
      retry: 'after-fix',
    });
  }
}
