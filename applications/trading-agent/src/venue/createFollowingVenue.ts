import { quoteInPool, type Reserves } from '@lichen/protocol';
import { createPaperVenue, type PaperVenueInit } from './createPaperVenue.ts';
import type { Venue } from './venue.ts';

/** Reads what the real pool holds now. */
export type ReadReserves = () => Promise<{ readonly reserves: Reserves; readonly chainTime: number }>;

/**
 * A paper venue beside a running market: each look takes the reserves of the real pool, and an order fills against them
 * without moving it. Between two looks the pool is what it was at the last one, so a second order of one look would pay
 * what the first one did to the price; the rules place one a day.
 */
export function createFollowingVenue(init: Omit<PaperVenueInit, 'pool'>, readReserves: ReadReserves): Venue {
  let reserves: Reserves = { dollar: 0n, share: 0n };
  const quote = (from: 'dollar' | 'share', amountIn: bigint) => quoteInPool(reserves, from, amountIn);
  const paper = createPaperVenue({
    ...init,
    pool: {
      reserves: () => reserves,
      quote,
      swap: (from, amountIn) => {
        const out = quote(from, amountIn);
        reserves =
          from === 'dollar'
            ? { dollar: reserves.dollar + amountIn, share: reserves.share - out }
            : { dollar: reserves.dollar - out, share: reserves.share + amountIn };
        return out;
      },
    },
  });
  return {
    actor: paper.actor,
    portfolio: async (signal) => {
      const seen = await readReserves();
      reserves = seen.reserves;
      const own = await paper.portfolio(signal);
      return { ...own, portfolio: { ...own.portfolio, chainTime: seen.chainTime } };
    },
  };
}
