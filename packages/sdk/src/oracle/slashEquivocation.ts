import { oracleAbi } from '@lichen/contracts';
import type { Report } from '@lichen/protocol';
import { encodeFunctionData, type Hex } from 'viem';
import type { LichenClient } from '../client/createLichenClient.ts';
import { sendTransaction, type TransactionOptions } from '../client/sendTransaction.ts';

/** A report and one reporter's 64-byte (r, s) signature of it. */
export interface SignedReport {
  readonly report: Report;
  readonly signature: Hex;
}

/**
 * Proves that one reporter signed two different reports for one round; its bond is slashed and half is owed to the
 * client's account.
 * @throws LichenError `bad-input` (same report, other round, not its signature), `timeout`, `chain-unreachable`.
 */
export async function slashEquivocation(
  client: LichenClient,
  parameters: TransactionOptions & {
    /** Index in the set in force. */
    readonly reporter: number;
    readonly first: SignedReport;
    readonly second: SignedReport;
  },
): Promise<{ readonly hash: Hex; readonly gasUsed: bigint }> {
  const { reporter, first, second, ...options } = parameters;
  const data = encodeFunctionData({
    abi: oracleAbi,
    functionName: 'slashEquivocation',
    args: [reporter, first.report, first.signature, second.report, second.signature],
  });
  const { hash, gasUsed } = await sendTransaction(client, { to: client.addresses.oracle, data }, options);
  return { hash, gasUsed };
}
