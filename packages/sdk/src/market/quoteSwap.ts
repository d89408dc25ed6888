import { LichenError, type PoolSide, quoteInPool } from '@lichen/protocol';
import type { LichenClient } from '../client/createLichenClient.ts';
import { type MarketPool, readPool } from './readPool.ts';

export interface QuoteSwapParameters {
  /** The side that goes in: `dollar` buys shares. */
  readonly from: PoolSide;
  /** Base units. */
  readonly amountIn: bigint;
  /** How much less than quoted is still taken, in hundredths of a percent; 50 when absent. */
  readonly slippageBps?: number;
}

export interface SwapQuote {
  /** Base units that come out when nobody trades before. */
  readonly amountOut: bigint;
  /** The least that is taken, base units, rounded up. */
  readonly amountOutMin: bigint;
  /** The pool that the quote was made with. */
  readonly pool: MarketPool;
}

/**
 * What a swap at the market's pool brings now, to the base unit, and the least to accept.
 * @throws LichenError `bad-input`, `not-found`, `chain-unreachable`, `timeout`
 */
export async function quoteSwap(
  client: LichenClient,
  { from, amountIn, slippageBps = 50 }: QuoteSwapParameters,
): Promise<SwapQuote> {
  if (!Number.isInteger(slippageBps) || slippageBps < 0 || slippageBps > 10_000) {
    throw new LichenError('bad-input', 'That is no limit for the slippage.', {
      got: `${slippageBps}`,
      expected: '0 to 10000 hundredths of a percent',
      retry: 'after-fix',
    });
  }
  const pool = await readPool(client);
  const amountOut = quoteInPool(pool, from, amountIn);
  const kept = amountOut * BigInt(10_000 - slippageBps);
  return { amountOut, amountOutMin: (kept + 9_999n) / 10_000n, pool };
}
