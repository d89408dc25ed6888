import {
  marketSeedDollars,
  movedPool,
  quoteInPool,
  type Reserves,
  reservesAt,
  swapInPool,
} from '@lichen/protocol';
import type { SimulatedPool } from './createPaperVenue.ts';

/** A pool that the market's maker moves, by the rule of the live one. */
export interface MadePool extends SimulatedPool {
  /** Trades against the pool until its price is this one, micro-dollars per share. */
  moveTo(price: bigint): void;
}

/** A pool in memory: with these reserves, or a new one at the first price that it is moved to. */
export function createMadePool(first?: Reserves): MadePool {
  let reserves = first;
  const now = (): Reserves => reserves ?? { dollar: 0n, share: 0n };
  return {
    reserves: now,
    quote: (from, amountIn) => quoteInPool(now(), from, amountIn),
    swap: (from, amountIn) => {
      const swapped = swapInPool(now(), from, amountIn);
      reserves = swapped.reserves;
      return swapped.amountOut;
    },
    moveTo: (price) => {
      reserves = reserves === undefined ? reservesAt(price, marketSeedDollars) : movedPool(reserves, price);
    },
  };
}
