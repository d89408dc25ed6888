import type { LichenClient } from './createLichenClient.ts';
import { onChain } from './toLichenError.ts';

/** Time of the chain's newest block, unix seconds: what contracts compare with. @throws LichenError `chain-unreachable`. */
export async function getChainTime(client: LichenClient): Promise<number> {
  const block = await onChain(client.chain.getBlock({ blockTag: 'latest' }));
  return Number(block.timestamp);
}
