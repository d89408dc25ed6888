import type { Actor } from '@lichen/agent';
import { type LichenClient, marketOf, onChain, uniswapPairAbi } from '@lichen/sdk';
import { type Address, erc20Abi } from 'viem';
import type { Portfolio } from '../book/seen.ts';
import type { OrderLimits } from './createPaperVenue.ts';
import type { Venue } from './venue.ts';

/** Base units of a share of the play market: six decimals, as the play dollar. */
const shareUnit = '1000000';

export interface ChainVenueInit {
  /** Its configuration names the market. */
  readonly client: LichenClient;
  readonly account: Address;
  readonly most: OrderLimits;
  readonly actor: Actor;
  /** Unix milliseconds. */
  readonly clock: () => number;
}

/** An account and the market's pool, read in one block. */
export interface PortfolioAtBlock {
  readonly portfolio: Portfolio;
  readonly block: number;
}

/**
 * What account and pool hold, all of it in one block. Amounts are base units.
 * @throws LichenError `not-found` when the network has no market, `chain-unreachable`
 */
export async function readPortfolio(
  client: LichenClient,
  account: Address,
  most: OrderLimits,
): Promise<PortfolioAtBlock> {
  const { pair, router, dollar, share } = marketOf(client);
  const head = await onChain(client.chain.getBlock({ blockTag: 'latest' }));
  const balanceOf = (token: Address) =>
    client.chain.readContract({
      address: token,
      abi: erc20Abi,
      functionName: 'balanceOf',
      args: [account],
      blockNumber: head.number,
    });
  const [cash, shares, [first, second]] = await onChain(
    Promise.all([
      balanceOf(dollar),
      balanceOf(share),
      client.chain.readContract({
        address: pair,
        abi: uniswapPairAbi,
        functionName: 'getReserves',
        blockNumber: head.number,
      }),
    ]),
  );
  // A pair keeps its tokens in ascending order of address.
  const isDollarFirst = BigInt(dollar) < BigInt(share);
  const portfolio: Portfolio = {
    v: 1,
    chainId: client.config.chainId,
    account,
    router,
    dollar,
    share,
    shareUnit,
    cash: String(cash),
    shares: String(shares),
    mostDollars: String(most.dollars),
    mostShares: String(most.shares),
    reserveDollar: String(isDollarFirst ? first : second),
    reserveShare: String(isDollarFirst ? second : first),
    chainTime: Number(head.timestamp),
  };
  return { portfolio, block: Number(head.number) };
}

/** A venue where it counts: account and pool as the chain has them, orders by an actor under mandates. */
export function createChainVenue({ client, account, most, actor, clock }: ChainVenueInit): Venue {
  return {
    actor,
    portfolio: async () => {
      const { portfolio, block } = await readPortfolio(client, account, most);
      return {
        portfolio,
        provenance: { by: 'chain', block, chainId: portfolio.chainId, logIndex: null },
        uri: `account:${account}`,
        at: clock(),
      };
    },
  };
}
