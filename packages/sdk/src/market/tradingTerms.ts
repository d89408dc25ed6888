import type { Pin, Terms } from '@lichen/protocol';
import { type Address, type Hex, numberToHex, pad, toFunctionSelector } from 'viem';
import { uniswapRouterAbi } from './marketAbi.ts';
import type { MarketConfig } from './marketConfig.ts';

/** Bounds on one direction, base units of what is given away: pUSD for purchases, pSPX for sales. */
export interface TradingLimit {
  /** Of one call. */
  readonly maxAmount: bigint;
  /** Of all calls in any window of `period`. */
  readonly maxPerPeriod: bigint;
  /** Calls in any window of `period`, at most 255. */
  readonly maxCalls: number;
}

export interface TradingTermsParameters {
  readonly market: Pick<MarketConfig, 'router' | 'dollar' | 'share'>;
  readonly agent: Address;
  /** Whose money it is, and the only one who may be given what comes out. */
  readonly account: Address;
  /** Unix seconds, chain time. */
  readonly validFrom: number;
  readonly validUntil: number;
  /** Seconds. */
  readonly period: number;
  readonly buy: TradingLimit;
  readonly sell: TradingLimit;
  /** 32 bytes that tell equal terms apart. */
  readonly salt: Hex;
}

const swap = uniswapRouterAbi.find(
  (item) => item.type === 'function' && item.name === 'swapExactTokensForTokens',
)!;

/**
 * The arguments of `swapExactTokensForTokens(amountIn, amountOutMin, path, to, deadline)` as words: 0 amountIn, 1
 * amountOutMin, 2 where the path begins, 3 to, 4 deadline, 5 length of the path, 6 and 7 its tokens. With the beginning pinned to
 * where the encoding puts it (0xa0), words 5 to 7 are the path for certain, and no other array can be pointed at.
 */
function pinsOf(path: readonly [Address, Address], account: Address): readonly Pin[] {
  const word = (value: number) => numberToHex(value, { size: 32 });
  const address = (value: Address) => pad(value.toLowerCase() as Address, { size: 32 });
  return [
    { index: 2, value: word(0xa0) },
    { index: 3, value: address(account) },
    { index: 5, value: word(2) },
    { index: 6, value: address(path[0]) },
    { index: 7, value: address(path[1]) },
  ];
}

/**
 * The two mandates of a trading agent: to buy shares with the account's pUSD and to sell its shares for pUSD, at this router,
 * between these two tokens, for this account, within these amounts. How little it accepts is the agent's to choose: a thief
 * with the agent's key who also trades at the pool himself can make the account buy dear and sell cheap, up to these limits.
 *
 * The account must also set a budget for each of the two assets (`setBudget`), or nothing of it can be spent.
 */
export function tradingTerms(parameters: TradingTermsParameters): readonly [buy: Terms, sell: Terms] {
  const { market, agent, account, validFrom, validUntil, period, salt } = parameters;
  const { router, dollar, share } = market;
  const termsOf = (path: readonly [Address, Address], limit: TradingLimit): Terms => ({
    agent,
    asset: path[0],
    validFrom,
    validUntil,
    period,
    maxPerPeriod: limit.maxPerPeriod,
    maxCalls: limit.maxCalls,
    permissions: [
      {
        target: router,
        selector: toFunctionSelector(swap),
        amountArg: 0,
        pulls: true,
        maxAmount: limit.maxAmount,
        pins: pinsOf(path, account),
      },
    ],
    salt,
  });
  return [termsOf([dollar, share], parameters.buy), termsOf([share, dollar], parameters.sell)];
}
