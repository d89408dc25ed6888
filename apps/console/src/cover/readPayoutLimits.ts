import { flightCoverAbi, type LichenClient, onChain } from '@lichen/sdk';

/** Smallest and largest payout that the contract sells, in whole play dollars. */
export interface PayoutLimits {
  readonly least: number;
  readonly most: number;
}

/** The contract's own limits. @throws LichenError `chain-unreachable`, `timeout`. */
export async function readPayoutLimits(client: LichenClient): Promise<PayoutLimits> {
  const cover = { address: client.addresses.flightCover, abi: flightCoverAbi } as const;
  const [least, most] = await onChain(
    Promise.all([
      client.chain.readContract({ ...cover, functionName: 'minPayout' }),
      client.chain.readContract({ ...cover, functionName: 'maxPayout' }),
    ]),
  );
  return { least: Math.ceil(Number(least) / 1e6), most: Math.floor(Number(most) / 1e6) };
}
