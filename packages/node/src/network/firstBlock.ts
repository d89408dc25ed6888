import { type Address, createPublicClient, http, type PublicClient } from 'viem';
import type { KeptDeployment } from './keptDeployment.ts';

async function hasCodeAt(chain: PublicClient, address: Address, block: number): Promise<boolean> {
  const code = await chain.getCode({ address, blockNumber: BigInt(block) });
  return code !== undefined && code !== '0x';
}

/**
 * The last block without the oracle on a chain: nothing of ours happened before the next one, so events are read from
 * there and not through years of others' history. Kept in `deployment.json`; else found by halving, 25 requests on a chain of 30
 * million blocks. A server that has no old states answers for recent blocks only: then it is 0.
 */
export async function firstBlockOf(
  rpcUrl: string,
  oracle: Address,
  /** A recent block from before this start deployed anything. */
  before: number,
  kept: KeptDeployment | undefined,
): Promise<number> {
  if (kept?.firstBlock !== undefined && kept.addresses.oracle === oracle) return kept.firstBlock;
  const chain = createPublicClient({ transport: http(rpcUrl) }) as PublicClient;
  try {
    if (!(await hasCodeAt(chain, oracle, before))) return before;
    let [without, withCode] = [0, before];
    while (withCode - without > 1) {
      const middle = Math.floor((without + withCode) / 2);
      if (await hasCodeAt(chain, oracle, middle)) withCode = middle;
      else without = middle;
    }
    return without;
  } catch {
    return 0;
  }
}
