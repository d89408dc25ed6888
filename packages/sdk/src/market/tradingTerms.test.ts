import { hexToBigInt, slice, toFunctionSelector, zeroHash } from 'viem';
import { expect, test } from 'vitest';
import { market } from './market.fixture.ts';
import { swapCall } from './swapCall.ts';
import { tradingTerms } from './tradingTerms.ts';

// What the chain makes of these terms is in packages/node/src/market/tradingTerms.system.test.ts.
const account = '0x00000000000000000000000000000000000000b1';
const limit = { maxAmount: 5n, maxPerPeriod: 9n, maxCalls: 3 };
const [buy, sell] = tradingTerms({
  market,
  agent: '0x00000000000000000000000000000000000000b2',
  account,
  validFrom: 1,
  validUntil: 2,
  period: 3,
  buy: limit,
  sell: { ...limit, maxAmount: 6n },
  salt: zeroHash,
});

test('the pins hold for the calls that swapCall makes, in their own direction only', () => {
  const word = (data: `0x${string}`, index: number) => slice(data, 4 + index * 32, 36 + index * 32);
  for (const [terms, from] of [
    [buy, 'dollar'],
    [sell, 'share'],
  ] as const) {
    const [permission] = terms.permissions;
    const order = { amountIn: 7n, amountOutMin: 8n, to: account, deadline: 9n } as const;
    const { to, data } = swapCall(market, { ...order, from });
    expect(to).toBe(permission!.target);
    expect(slice(data, 0, 4)).toBe(permission!.selector);
    expect(hexToBigInt(word(data, permission!.amountArg))).toBe(7n);
    expect(hexToBigInt(word(data, 1))).toBe(8n);
    expect(hexToBigInt(word(data, 4))).toBe(9n);
    for (const { index, value } of permission!.pins) expect(word(data, index), `${index}`).toBe(value);
    const opposite = swapCall(market, { ...order, from: from === 'dollar' ? 'share' : 'dollar' });
    expect(permission!.pins.every(({ index, value }) => word(opposite.data, index) === value)).toBe(false);
    // Amount, least amount and deadline are the agent's; all other words are pinned.
    expect(permission!.pins.map(({ index }) => index)).toEqual([2, 3, 5, 6, 7]);
    expect(permission!.pulls).toBe(true);
  }
  expect([buy.asset, sell.asset]).toEqual([market.dollar, market.share]);
  expect([buy, sell].map((terms) => terms.permissions[0]!.maxAmount)).toEqual([5n, 6n]);
  expect(buy.permissions[0]!.selector).toBe(
    toFunctionSelector('swapExactTokensForTokens(uint256,uint256,address[],address,uint256)'),
  );
});
