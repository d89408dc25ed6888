import { type Address, type Hex, numberToHex, pad, toEventSelector } from 'viem';
import { describe, expect, test } from 'vitest';
import { assetNameOf, claimedAmounts, transfersOf } from './transfersOf.ts';

const account: Address = '0xAbCdabcdabcdabcdabcdabcdabcdabcdabcdabcd';
const other: Address = `0x${'11'.repeat(20)}`;
const token: Address = `0x${'22'.repeat(20)}`;
const topic = toEventSelector('Transfer(address,address,uint256)');
const transfer = (from: Address, to: Address, amount: bigint, address: Address = token) => ({
  address,
  topics: [topic, pad(from).toLowerCase() as Hex, pad(to).toLowerCase() as Hex],
  data: numberToHex(amount, { size: 32 }),
});

describe('what moved', () => {
  test('in and out are summed; what comes out even, to oneself or too large to be true is left out', () => {
    const liar: Address = `0x${'33'.repeat(20)}`;
    const even: Address = `0x${'44'.repeat(20)}`;
    const moved = transfersOf(7, account, [
      transfer(account, other, 10n),
      transfer(other, account, 4n),
      transfer(account, account, 99n),
      transfer(other, other, 99n),
      transfer(account, other, 3n, even),
      transfer(other, account, 3n, even),
      transfer(other, account, 2n ** 256n - 1n, liar),
      transfer(other, account, 2n ** 256n - 1n, liar),
      transfer(other, account, 2n ** 256n - 1n, liar),
      transfer(other, account, 2n ** 256n - 1n, liar),
      transfer(other, account, 2n ** 256n - 1n, liar),
      transfer(other, account, 2n ** 256n - 1n, liar),
      transfer(other, account, 2n ** 256n - 1n, liar),
      transfer(other, account, 2n ** 256n - 1n, liar),
      transfer(other, account, 2n ** 256n - 1n, liar),
      // ERC-721: four topics, no data.
      { address: token, topics: [topic, pad(account), pad(other), pad('0x1')], data: '0x' },
    ]);
    expect([...moved]).toEqual([[assetNameOf(7, token), -6n]]);
  });

  test('claims are summed by asset, under either name; words are no names', () => {
    const name = assetNameOf(7, token);
    expect(
      claimedAmounts(7, [
        {
          asset: name.toUpperCase().replace('EIP155', 'eip155').replace('ERC20:0X', 'erc20:0x'),
          amount: '-5',
        },
        { asset: token, amount: '-1' },
        { asset: other, amount: '0' },
      ]),
    ).toEqual(new Map([[name, -6n]]));
    expect(claimedAmounts(7, [{ asset: 'pUSD', amount: '-5' }])).toBeUndefined();
  });
});
