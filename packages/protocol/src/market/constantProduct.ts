import { LichenError } from '../errors.ts';

/** What a Uniswap V2 pair of pUSD and pSPX holds, base units (both have 6 decimals). */
export interface Reserves {
  readonly dollar: bigint;
  readonly share: bigint;
}

/** The side of a pool that goes in. */
export type PoolSide = 'dollar' | 'share';

/** A swap of exact tokens: `amountIn` of `from` goes in, `amountOut` of the other side comes out, base units. */
export interface PoolSwap {
  readonly from: PoolSide;
  readonly amountIn: bigint;
  readonly amountOut: bigint;
}

/** The pair keeps its reserves in 112 bits and refuses more. */
const largestReserve = 2n ** 112n - 1n;
/** Micro-dollars per share times base units of a share, over base units of pUSD: 10^6 with 6 decimals on both sides. */
const priceScale = 1_000_000n;

/** pUSD base units that a market's pool begins with: 20 million dollars, so that 10,000 move the price by a tenth of a percent. */
export const marketSeedDollars = 20_000_000_000_000n;

function refuse(what: string, got: bigint, expected: string): LichenError {
  return new LichenError('bad-input', what, { got: `${got}`, expected, retry: 'after-fix' });
}

function checkReserves(...reserves: readonly bigint[]): void {
  for (const reserve of reserves) {
    if (reserve <= 0n || reserve > largestReserve) {
      throw refuse('A pool cannot hold that much.', reserve, '1 to 2^112 - 1 base units');
    }
  }
}

/**
 * What comes out for `amountIn`, base units rounded down, 0.3 % fee taken: `UniswapV2Library.getAmountOut`.
 * https://github.com/Uniswap/v2-periphery/blob/master/contracts/libraries/UniswapV2Library.sol
 * @throws LichenError `bad-input` for an empty pool or nothing in
 */
export function amountOutOf(amountIn: bigint, reserveIn: bigint, reserveOut: bigint): bigint {
  checkReserves(reserveIn, reserveOut);
  if (amountIn <= 0n || amountIn > largestReserve) {
    throw refuse('Nobody can swap that amount.', amountIn, '1 to 2^112 - 1 base units');
  }
  const withFee = amountIn * 997n;
  return (withFee * reserveOut) / (reserveIn * 1_000n + withFee);
}

/**
 * What has to go in for `amountOut` to come out, base units rounded up: `UniswapV2Library.getAmountIn`. Where the division
 * leaves no rest it asks for one unit more than needed, as the contract does.
 * @throws LichenError `bad-input` for an empty pool, nothing out, or more than the pool holds
 */
export function amountInOf(amountOut: bigint, reserveIn: bigint, reserveOut: bigint): bigint {
  checkReserves(reserveIn, reserveOut);
  if (amountOut <= 0n || amountOut >= reserveOut) {
    throw refuse('The pool cannot give that amount.', amountOut, `1 to ${reserveOut - 1n} base units`);
  }
  return (reserveIn * amountOut * 1_000n) / ((reserveOut - amountOut) * 997n) + 1n;
}

/** Whole-number square root, rounded down (Newton). @throws LichenError `bad-input` below nought */
export function integerSquareRoot(value: bigint): bigint {
  if (value < 0n) throw refuse('A negative number has no square root.', value, 'nought or more');
  if (value < 2n) return value;
  let root = 1n << BigInt((value.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (root + value / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

/**
 * What has to go in so that afterwards the pool holds `numerator` of the side that goes in for each `denominator` of the
 * other, the fee staying in the pool; base units, rounded down, so that the swap stops short of the ratio by less than one
 * unit of what goes in. Nought when the pool is there or beyond.
 *
 * With x in and 0.3 % fee the pool holds r + x and 1000rs/(1000r + 997x); setting their ratio to n/d gives
 * 997x² + 1997rx + 1000(r² − rs·n/d) = 0, hence x = (√(9r² + 3988000·rs·n/d) − 1997r) / 1994.
 * `UniswapV2LiquidityMathLibrary.computeProfitMaximizingTrade` stops earlier, where a trader's last unit no longer pays
 * its fee (up to 0.3 % before the price).
 * @throws LichenError `bad-input` for an empty pool or a ratio that is not above nought
 */
export function amountInToReach(
  reserveIn: bigint,
  reserveOut: bigint,
  ratio: { readonly numerator: bigint; readonly denominator: bigint },
): bigint {
  checkReserves(reserveIn, reserveOut);
  const { numerator, denominator } = ratio;
  if (numerator <= 0n || denominator <= 0n) {
    throw refuse('A pool has no such price.', numerator <= 0n ? numerator : denominator, 'above nought');
  }
  const wanted = (3_988_000n * reserveIn * reserveOut * numerator) / denominator;
  const amount = (integerSquareRoot(9n * reserveIn * reserveIn + wanted) - 1_997n * reserveIn) / 1_994n;
  return amount > 0n ? amount : 0n;
}

/** The price at which a pool stands: micro-dollars per share, rounded down. @throws LichenError `bad-input` */
export function poolPriceOf({ dollar, share }: Reserves): bigint {
  checkReserves(dollar, share);
  return (dollar * priceScale) / share;
}

/**
 * The reserves of a pool with `dollars` base units of pUSD at `price` micro-dollars per share; shares are rounded down.
 * @throws LichenError `bad-input` when there would be none
 */
export function reservesAt(price: bigint, dollars: bigint): Reserves {
  if (price <= 0n) throw refuse('A share has no such price.', price, 'above nought');
  const reserves = { dollar: dollars, share: (dollars * priceScale) / price };
  checkReserves(reserves.dollar, reserves.share);
  return reserves;
}

/** What `amountIn` of a side brings in a pool. @throws LichenError `bad-input` */
export function quoteInPool({ dollar, share }: Reserves, from: PoolSide, amountIn: bigint): bigint {
  return from === 'dollar' ? amountOutOf(amountIn, dollar, share) : amountOutOf(amountIn, share, dollar);
}

/**
 * A swap of exact tokens in memory: what comes out and the pool afterwards, to the base unit what the pair does on a chain.
 * @throws LichenError `bad-input` where the pair would refuse
 */
export function swapInPool(
  reserves: Reserves,
  from: PoolSide,
  amountIn: bigint,
): { readonly reserves: Reserves; readonly amountOut: bigint } {
  const { dollar, share } = reserves;
  const amountOut = quoteInPool(reserves, from, amountIn);
  if (amountOut === 0n) throw refuse('So little brings nothing.', amountIn, 'enough for one base unit out');
  const after =
    from === 'dollar'
      ? { dollar: dollar + amountIn, share: share - amountOut }
      : { dollar: dollar - amountOut, share: share + amountIn };
  checkReserves(after.dollar, after.share);
  return { reserves: after, amountOut };
}
