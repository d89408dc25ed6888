import { type Actor, type AgentCall, erc20AssetOf } from '@lichen/agent';
import { blobHashOf, LichenError } from '@lichen/protocol';
import { type Address, hexToBytes, isAddressEqual } from 'viem';
import type { Portfolio } from '../book/seen.ts';
import { readSwapCall, type SwapCall } from './swapCall.ts';
import type { Venue } from './venue.ts';

/** Who trades and what, as on a chain. In a backtest the addresses are names only: nothing lies at them. */
export interface TradingAddresses {
  readonly account: Address;
  readonly router: Address;
  readonly dollar: Address;
  readonly share: Address;
}

/** A constant-product pool of pUSD and pSPX in memory. Amounts are base units. */
export interface SimulatedPool {
  reserves(): { readonly dollar: bigint; readonly share: bigint };
  /** What comes out for `amountIn` of the asset named, fee taken; the pool is as it was. */
  quote(from: 'dollar' | 'share', amountIn: bigint): bigint;
  /** The same, and the pool is moved by it. */
  swap(from: 'dollar' | 'share', amountIn: bigint): bigint;
}

/** The most that may be given in one order, base units. */
export interface OrderLimits {
  readonly dollars: bigint;
  readonly shares: bigint;
}

/** More than any pool can hold. */
const noLimit = 2n ** 112n;

export interface PaperVenueInit {
  readonly addresses: TradingAddresses;
  readonly chainId: number;
  readonly pool: SimulatedPool;
  /** What the account holds at the start, base units. */
  readonly holdings: { readonly cash: bigint; readonly shares: bigint };
  /** Base units of one share. */
  readonly shareUnit: bigint;
  /** The most in one order, base units, as a mandate would have it; no limit when absent. */
  readonly most?: OrderLimits;
  /** Unix milliseconds. */
  readonly clock: () => number;
  /** Said of the portfolio's source. */
  readonly uri: string;
}

/**
 * A venue where nothing is at stake: orders fill in a simulated pool, by the same arithmetic, limits and reasons of refusal
 * as the router's on a chain.
 */
export function createPaperVenue(init: PaperVenueInit): Venue {
  const { addresses, pool, clock, shareUnit } = init;
  const { account, router, dollar, share } = addresses;
  let { cash, shares } = init.holdings;
  const chainTime = () => Math.floor(clock() / 1_000);
  const refuse = (what: string, got: string, expected: string) =>
    new LichenError('transaction-failed', what, { got, expected, retry: 'after-fix' });

  /** The router's checks, in its order, with its words where it has some. */
  function check({ router: target, amountIn, minOut, path, to, deadline }: SwapCall): {
    readonly from: 'dollar' | 'share';
    readonly out: bigint;
  } {
    const buys = path.length === 2 && isAddressEqual(path[0]!, dollar) && isAddressEqual(path[1]!, share);
    const sells = path.length === 2 && isAddressEqual(path[0]!, share) && isAddressEqual(path[1]!, dollar);
    if (!isAddressEqual(target, router) || !isAddressEqual(to, account) || !(buys || sells)) {
      throw new LichenError('mandate-denied', 'The mandate allows another call only.', {
        got: `${target}, path ${path.join(' to ')}, receiver ${to}`,
        expected: `${router}, between ${dollar} and ${share}, receiver ${account}`,
        retry: 'after-fix',
      });
    }
    if (deadline < BigInt(chainTime()))
      throw refuse('The order is too late.', `${deadline}`, `${chainTime()}`);
    const from = buys ? 'dollar' : 'share';
    const held = buys ? cash : shares;
    if (amountIn <= 0n || amountIn > held) {
      throw new LichenError('too-little-money', 'The account does not hold that much.', {
        got: `${amountIn}`,
        expected: `1 to ${held}`,
        retry: 'after-fix',
      });
    }
    const out = pool.quote(from, amountIn);
    if (out < minOut) throw refuse('The price moved beyond the slippage limit.', `${out}`, `${minOut}`);
    return { from, out };
  }

  function fill(call: SwapCall): readonly { readonly asset: string; readonly amount: string }[] {
    const { from } = check(call);
    const out = pool.swap(from, call.amountIn);
    const buys = from === 'dollar';
    cash += buys ? -call.amountIn : out;
    shares += buys ? out : -call.amountIn;
    const [given, got] = buys ? [dollar, share] : [share, dollar];
    return [
      { asset: erc20AssetOf(init.chainId, given), amount: `-${call.amountIn}` },
      { asset: erc20AssetOf(init.chainId, got), amount: `${out}` },
    ];
  }

  const actor: Actor = {
    prepare: async (calls: readonly AgentCall[]) => {
      const swaps = calls.map(readSwapCall);
      if (swaps.length !== 1) throw refuse('One order a day.', `${swaps.length} calls`, '1 call');
      check(swaps[0]!);
      return {
        act: {
          account: account.toLowerCase(),
          calls: calls.map(({ to, data }) => ({
            dataSha256: blobHashOf(hexToBytes(data)),
            selector: data.slice(0, 10) as `0x${string}`,
            to: to.toLowerCase(),
          })),
          chainId: init.chainId,
          mandate: null,
          nonce: null,
        },
        perform: async () => {
          try {
            const amounts = fill(swaps[0]!);
            return {
              result: { block: null, reason: 'simulated', status: 'settled', transaction: null },
              amounts,
            };
          } catch (error) {
            const reason = error instanceof Error ? error.message.split('\n')[0]! : String(error);
            return { result: { block: null, reason, status: 'failed', transaction: null }, amounts: [] };
          }
        },
      };
    },
    // Holdings are made from recorded outcomes: an order without one did not happen.
    reconcile: async () => ({
      result: {
        block: null,
        reason: 'a simulated order without an outcome did not happen',
        status: 'failed',
        transaction: null,
      },
      amounts: [],
    }),
  };

  return {
    actor,
    portfolio: async () => {
      const reserves = pool.reserves();
      const portfolio: Portfolio = {
        v: 1,
        chainId: init.chainId,
        account,
        router,
        dollar,
        share,
        shareUnit: String(shareUnit),
        cash: String(cash),
        shares: String(shares),
        mostDollars: String(init.most?.dollars ?? noLimit),
        mostShares: String(init.most?.shares ?? noLimit),
        reserveDollar: String(reserves.dollar),
        reserveShare: String(reserves.share),
        chainTime: chainTime(),
      };
      return { portfolio, provenance: { by: 'operator' }, uri: init.uri, at: clock() };
    },
  };
}
