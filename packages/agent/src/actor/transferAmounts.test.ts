import { type Address, encodeAbiParameters, type Hex, pad, toEventSelector, toHex } from 'viem';
import { expect, test } from 'vitest';
import { erc20AssetOf, transferAmounts } from './transferAmounts.ts';

const account: Address = '0x00000000000000000000000000000000000000aa';
const other: Address = '0x00000000000000000000000000000000000000bb';
const dollar: Address = '0x00000000000000000000000000000000000000D0';
const share: Address = '0x00000000000000000000000000000000000000e0';
const topic = toEventSelector('Transfer(address,address,uint256)');

function transfer(token: Address, from: Address, to: Address, amount: bigint) {
  return {
    address: token,
    topics: [topic, pad(from), pad(to)] as [Hex, ...Hex[]],
    data: encodeAbiParameters([{ type: 'uint256' }], [amount]),
  };
}

test('what left is negative, what came is positive, by token', () => {
  const logs = [
    transfer(dollar, account, other, 70n),
    transfer(share, other, account, 3n),
    transfer(dollar, other, account, 20n),
  ];
  expect(transferAmounts(1, account, logs)).toEqual([
    { asset: erc20AssetOf(1, dollar), amount: '-50' },
    { asset: erc20AssetOf(1, share), amount: '3' },
  ]);
  expect(erc20AssetOf(1, dollar)).toBe('eip155:1/erc20:0x00000000000000000000000000000000000000d0');
});

test('transfers of others, to oneself, of nothing, and of single tokens do not count', () => {
  const erc721 = {
    address: dollar,
    topics: [topic, pad(account), pad(other), toHex(7n, { size: 32 })],
    data: '0x',
  };
  const logs = [
    transfer(dollar, other, other, 5n),
    transfer(dollar, account, account, 5n),
    transfer(share, account, other, 5n),
    transfer(share, other, account, 5n),
    erc721 as ReturnType<typeof transfer>,
    { ...transfer(dollar, account, other, 5n), data: '0x05' as Hex },
  ];
  expect(transferAmounts(1, account, logs)).toEqual([]);
});

test('a contract that shouts cannot make an outcome that no decision can hold', () => {
  const many = Array.from({ length: 1_000 }, (_, at) =>
    transfer(toHex(at + 1, { size: 20 }), other, account, 1n),
  );
  expect(transferAmounts(1, account, many)).toHaveLength(64);
  const huge = Array.from({ length: 20 }, () => transfer(dollar, other, account, 2n ** 256n - 1n));
  expect(transferAmounts(1, account, huge)).toEqual([]);
});
