import { type LichenClient, onChain, oracleAbi } from '@lichen/sdk';

/** The newest block and the newest round. Times are chain seconds. */
export interface ChainHead {
  readonly block: bigint;
  readonly at: number;
  readonly transactions: number;
  readonly gasUsed: bigint;
  readonly lastReportAt: number;
}

/** The chain's head. @throws LichenError `chain-unreachable`, `timeout`. */
export async function readHead(client: LichenClient): Promise<ChainHead> {
  const [block, lastReportAt] = await onChain(
    Promise.all([
      client.chain.getBlock({ blockTag: 'latest' }),
      client.chain.readContract({
        address: client.addresses.oracle,
        abi: oracleAbi,
        functionName: 'lastReportAt',
      }),
    ]),
  );
  return {
    block: block.number,
    at: Number(block.timestamp),
    transactions: block.transactions.length,
    gasUsed: block.gasUsed,
    lastReportAt,
  };
}
