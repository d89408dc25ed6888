import { reporterSetAbi } from '@lichen/contracts';
import type { Address } from 'viem';
import type { LichenClient } from '../client/createLichenClient.ts';
import { onChain } from '../client/toLichenError.ts';

/** A member of the reporter set in force. */
export interface Reporter {
  /** Its bit in every bitmap of signers. */
  readonly index: number;
  readonly address: Address;
  /** Base units of pUSD at stake. */
  readonly bond: bigint;
  readonly endpoint: string;
}

/** The reporter set in force, by index. @throws LichenError `chain-unreachable`, `timeout`. */
export async function listReporters(client: LichenClient): Promise<readonly Reporter[]> {
  const set = { address: client.addresses.reporterSet, abi: reporterSetAbi } as const;
  const addresses = await onChain(client.chain.readContract({ ...set, functionName: 'reporters' }));
  return onChain(
    Promise.all(
      addresses.map(async (address, index) => {
        const [bond, endpoint] = await Promise.all([
          client.chain.readContract({ ...set, functionName: 'bondOf', args: [address] }),
          client.chain.readContract({ ...set, functionName: 'endpointOf', args: [address] }),
        ]);
        return { index, address, bond, endpoint };
      }),
    ),
  );
}
