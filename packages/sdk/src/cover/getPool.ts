import { coverPoolAbi } from '@lichen/contracts';
import type { LichenClient } from '../client/createLichenClient.ts';
import { onChain } from '../client/toLichenError.ts';

/** The capital behind the cover; amounts in base units of pUSD. */
export interface Pool {
  readonly totalAssets: bigint;
  /** Owed to live policies in the worst case. */
  readonly totalReserved: bigint;
  /** Premiums of live policies, not yet earned. */
  readonly unearnedPremiums: bigint;
  /** May back new policies now. */
  readonly capacity: bigint;
  /** Shares of all providers. */
  readonly totalShares: bigint;
}

/** The cover pool's books of this block. @throws LichenError `chain-unreachable`, `timeout`. */
export async function getPool(client: LichenClient): Promise<Pool> {
  const pool = { address: client.addresses.coverPool, abi: coverPoolAbi } as const;
  const blockNumber = await onChain(client.chain.getBlockNumber());
  const [totalAssets, totalReserved, unearnedPremiums, capacity, totalShares] = await onChain(
    Promise.all([
      client.chain.readContract({ ...pool, functionName: 'totalAssets', blockNumber }),
      client.chain.readContract({ ...pool, functionName: 'totalReserved', blockNumber }),
      client.chain.readContract({ ...pool, functionName: 'unearnedPremiums', blockNumber }),
      client.chain.readContract({ ...pool, functionName: 'capacity', blockNumber }),
      client.chain.readContract({ ...pool, functionName: 'totalSupply', blockNumber }),
    ]),
  );
  return { totalAssets, totalReserved, unearnedPremiums, capacity, totalShares };
}
