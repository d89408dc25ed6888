import { noAmount } from '@lichen/protocol';
import { connectLichen, type LichenConfig } from '@lichen/sdk';
import { pad, toFunctionSelector } from 'viem';
import { describe, expect, test } from 'vitest';
import { type FunctionOptions, functionText, readFunction, readPermission } from './mandateFunction.ts';

const token = '0x00000000000000000000000000000000000070c3';
const shop = '0xAb8483F64d9C6d1EcF9b849Ae677dD3315835cb2';
const flightCover = '0x0000000000000000000000000000000000000c01';
const client = connectLichen({
  gatewayUrl: 'http://127.0.0.1:1',
  config: {
    name: 'test',
    chainId: 1,
    rpcPath: '/rpc',
    addresses: {
      playDollar: token,
      flightCover,
      coverPool: '0x0000000000000000000000000000000000000c02',
      oracle: '0x0000000000000000000000000000000000000c03',
    },
  } as unknown as LichenConfig,
});

const options = (change: Partial<FunctionOptions>): FunctionOptions => ({
  contract: 'playDollar',
  function: 'transfer',
  moveNothing: false,
  pulls: false,
  pins: [],
  perCall: 5_000_000n,
  ...change,
});

describe('a function that a mandate allows', () => {
  test('of a known contract is found by its name, with the argument that is its amount', () => {
    for (const name of ['transfer', 'transfer(…)', 'transfer(...)', 'transfer()', 'function transfer']) {
      expect(readPermission(client, options({ function: name })).permission).toEqual({
        target: token,
        selector: '0xa9059cbb',
        amountArg: 1,
        pulls: false,
        maxAmount: 5_000_000n,
        pins: [],
      });
    }
    const buy = readPermission(client, options({ contract: 'flightcover', function: 'buy(…)' }));
    expect(buy).toMatchObject({ permission: { pulls: true, target: flightCover }, amountName: 'maxPremium' });
    expect(functionText(client, flightCover, buy.permission.selector)).toBe('flightCover.buy(…)');
    expect(functionText(client, shop, '0x12345678')).toBe(`${shop}.0x12345678`);
  });

  test('of any other contract needs its signature, and a word about its amount', () => {
    const signature = 'order(address to, uint256 price, (uint64 day, bool gift) when)';
    const order = options({ contract: shop, function: signature });
    expect(() => readPermission(client, order)).toThrow('Which argument is the amount?');
    const named = readPermission(client, {
      ...order,
      amount: 'price',
      pulls: true,
      pins: [`to=${shop}`, 'when.gift=true', 'when.day=7'],
    });
    expect(named.permission).toEqual({
      target: shop,
      selector: toFunctionSelector('order(address,uint256,(uint64,bool))'),
      amountArg: 1,
      pulls: true,
      maxAmount: 5_000_000n,
      pins: [
        { index: 0, value: pad(shop.toLowerCase() as `0x${string}`) },
        { index: 3, value: pad('0x01') },
        { index: 2, value: pad('0x07') },
      ],
    });
    expect(readPermission(client, { ...order, moveNothing: true }).permission).toMatchObject({
      amountArg: noAmount,
      maxAmount: 0n,
      pulls: false,
    });
  });

  test('that is misspelt, or a fixed argument that does not fit, is refused', () => {
    expect(() => readPermission(client, options({ function: 'transferr' }))).toThrow('no such function');
    expect(() => readPermission(client, options({ contract: 'playdolar' }))).toThrow('not a contract');
    expect(() => readFunction('order(', undefined)).toThrow('not a function');
    expect(() => readFunction('buy', undefined)).toThrow('not a function');
    for (const pin of ['to', 'to=', 'to=0x12', 'amount=1.5', 'amount=-1', 'nobody=1', 'to=1=2']) {
      expect(() => readPermission(client, options({ pins: [pin] })), pin).toThrow(
        expect.objectContaining({ code: 'bad-input' }),
      );
    }
  });
});
