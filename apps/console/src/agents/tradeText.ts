import { noAmount, type Permission, type Terms } from '@lichen/protocol';
import type { MarketConfig } from '@lichen/sdk';
import { type Address, isAddressEqual, pad, toFunctionSelector } from 'viem';
import { formatMoney } from '../format/money.ts';
import { formatShares } from '../journal/amountText.ts';

const swap = toFunctionSelector('swapExactTokensForTokens(uint256,uint256,address[],address,uint256)');
/** Place of the argument that says who gets what comes out. */
const receiverArg = 3;

/**
 * A permission to trade at the network's market, as a sentence without its dot; undefined for anything else, which is then
 * described by what it calls.
 */
export function tradeText(
  market: Pick<MarketConfig, 'router' | 'share' | 'dollar'> | undefined,
  account: Address,
  { asset }: Pick<Terms, 'asset'>,
  { target, selector, amountArg, maxAmount, pins }: Permission,
): string | undefined {
  if (market === undefined || !isAddressEqual(target, market.router) || selector.toLowerCase() !== swap) {
    return undefined;
  }
  if (amountArg === noAmount) return undefined;
  const isOwn = pins.some(
    ({ index, value }) =>
      index === receiverArg && value.toLowerCase() === pad(account.toLowerCase() as Address),
  );
  // Without the pin the agent could have it paid to anybody: that has to be said.
  const whom = isOwn ? 'paid to its own account only' : 'paid to whom the agent names';
  if (isAddressEqual(asset, market.dollar)) {
    return `Buy shares with play money at the market, up to ${formatMoney(maxAmount)} each time, ${whom}`;
  }
  if (isAddressEqual(asset, market.share)) {
    return `Sell shares for play money at the market, up to ${formatShares(maxAmount)} each time, ${whom}`;
  }
  return undefined;
}
