import {
  amountInToReach,
  amountOutOf,
  type PoolSide,
  type PoolSwap,
  type Reserves,
  swapInPool,
} from './constantProduct.ts';

const priceScale = 1_000_000n;
/** A pool within a millionth of the price is left alone; an S&P 500 of 1,500 dollars is then met to 0.15 cents. */
const nearEnough = 1_000_000n;

/** True when a pool's price is within a millionth of `price`, micro-dollars per share. */
export function isAtPrice({ dollar, share }: Reserves, price: bigint): boolean {
  const difference = dollar * priceScale - price * share;
  return (difference < 0n ? -difference : difference) * nearEnough <= price * share;
}

/**
 * The market maker's rule: the one swap that brings a pool to `price` (micro-dollars per share), or undefined when the pool
 * is there. A pool that holds more than about ten million base units of either side is within a millionth afterwards, so
 * that the same rule asked again says undefined: whoever was interrupted asks again and trades nothing twice.
 * @throws LichenError `bad-input` for an empty pool or a price that is not above nought
 */
export function movePoolTo(reserves: Reserves, price: bigint): PoolSwap | undefined {
  const { dollar, share } = reserves;
  const rise = { numerator: price, denominator: priceScale };
  const fall = { numerator: priceScale, denominator: price };
  const from: PoolSide = dollar * priceScale < price * share ? 'dollar' : 'share';
  const amountIn =
    from === 'dollar' ? amountInToReach(dollar, share, rise) : amountInToReach(share, dollar, fall);
  if (isAtPrice(reserves, price) || amountIn === 0n) return undefined;
  const amountOut =
    from === 'dollar' ? amountOutOf(amountIn, dollar, share) : amountOutOf(amountIn, share, dollar);
  return amountOut === 0n ? undefined : { from, amountIn, amountOut };
}

/** A pool after the market maker's swap to `price`. @throws LichenError `bad-input` as `movePoolTo` */
export function movedPool(reserves: Reserves, price: bigint): Reserves {
  const swap = movePoolTo(reserves, price);
  return swap === undefined ? reserves : swapInPool(reserves, swap.from, swap.amountIn).reserves;
}
