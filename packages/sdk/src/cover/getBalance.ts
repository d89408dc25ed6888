import { playDollarAbi } from '@lichen/contracts';
import type { Address } from 'viem';
import type { LichenClient } from '../client/createLichenClient.ts';
import { accountOf } from '../client/sendTransaction.ts';
import { onChain } from '../client/toLichenError.ts';

/**
 * pUSD of an account in base units; of the client's own account when none is named.
 * @throws LichenError `bad-input` when neither is there, `chain-unreachable`, `timeout`.
 */
export async function getBalance(
  client: LichenClient,
  parameters: { readonly account?: Address } = {},
): Promise<bigint> {
  return onChain(
    client.chain.readContract({
      address: client.addresses.playDollar,
      abi: playDollarAbi,
      functionName: 'balanceOf',
      args: [parameters.account ?? accountOf(client)],
    }),
  );
}
