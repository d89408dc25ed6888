import { LichenError, poolPriceOf, type Reserves } from '@lichen/protocol';
import type { LichenClient } from '../client/createLichenClient.ts';
import { onChain } from '../client/toLichenError.ts';
import { uniswapPairAbi } from './marketAbi.ts';
import { marketOf } from './marketConfig.ts';

export interface MarketPool extends Reserves {
  /** Micro-dollars per share, rounded down. */
  readonly price: bigint;
  /** Block at which this was read. */
  readonly block: bigint;
}

/**
 * What the market's pair holds, base units, at one block.
 * @throws LichenError `not-found` where there is no market or its pool is empty, `chain-unreachable`, `timeout`
 */
export async function readPool(client: LichenClient): Promise<MarketPool> {
  const { pair, dollar, share } = marketOf(client);
  const block = await onChain(client.chain.getBlockNumber());
  const [first, second] = await onChain(
    client.chain.readContract({
      address: pair,
      abi: uniswapPairAbi,
      functionName: 'getReserves',
      blockNumber: block,
    }),
  );
  // A pair keeps its tokens in ascending order of address.
  const isDollarFirst = BigInt(dollar) < BigInt(share);
  const reserves = isDollarFirst ? { dollar: first, share: second } : { dollar: second, share: first };
  if (reserves.dollar === 0n || reserves.share === 0n) {
    throw new LichenError('not-found', 'The market’s pool is empty.', {
      got: `nothing in ${pair}`,
      next: 'Start the network again: it seeds the pool.',
      retry: 'later',
    });
  }
  return { ...reserves, price: poolPriceOf(reserves), block };
}
