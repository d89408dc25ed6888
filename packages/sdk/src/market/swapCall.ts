import type { PoolSide } from '@lichen/protocol';
import { type Address, encodeFunctionData, type Hex } from 'viem';
import { uniswapRouterAbi } from './marketAbi.ts';
import type { MarketConfig } from './marketConfig.ts';

export interface SwapCallParameters {
  /** The side that goes in: `dollar` buys shares. */
  readonly from: PoolSide;
  /** Base units. */
  readonly amountIn: bigint;
  /** The least to accept, base units. */
  readonly amountOutMin: bigint;
  /** Who is given what comes out; under a mandate the account. */
  readonly to: Address;
  /** Unix seconds of the chain after which the swap is refused. */
  readonly deadline: bigint;
}

/**
 * The call that swaps at the market's pool: Router02's `swapExactTokensForTokens`, path of exactly two tokens. Whoever makes
 * it must have allowed the router to take `amountIn`; a mandate whose permission pulls does that for the one call.
 */
export function swapCall(
  market: Pick<MarketConfig, 'router' | 'dollar' | 'share'>,
  { from, amountIn, amountOutMin, to, deadline }: SwapCallParameters,
): { readonly to: Address; readonly data: Hex } {
  const { router, dollar, share } = market;
  const path = from === 'dollar' ? [dollar, share] : [share, dollar];
  return {
    to: router,
    data: encodeFunctionData({
      abi: uniswapRouterAbi,
      functionName: 'swapExactTokensForTokens',
      args: [amountIn, amountOutMin, path, to, deadline],
    }),
  };
}
