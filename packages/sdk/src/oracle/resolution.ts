import { oracleAbi } from '@lichen/contracts';
import { LichenError, type Outcome, outcomes } from '@lichen/protocol';
import { type Hex, parseEventLogs } from 'viem';
import type { SentTransaction } from '../client/sendTransaction.ts';
import { indicesOf } from './indicesOf.ts';

/** How a dispute ended. */
export interface ResolvedDispute {
  /** True when the answer changed. */
  readonly overturned: boolean;
  readonly outcome: Outcome;
  /** The answer after the dispute. */
  readonly value: Hex;
  /** Indices of the reporters who were slashed. */
  readonly slashed: readonly number[];
  readonly hash: Hex;
  readonly gasUsed: bigint;
}

/**
 * How the dispute ended that a transaction resolved.
 * @throws LichenError `transaction-failed` when its logs say nothing of a resolution.
 */
export function resolutionOf(sent: SentTransaction): ResolvedDispute {
  const logs = parseEventLogs({
    abi: oracleAbi,
    eventName: ['DisputeResolved', 'ReportersSlashed'],
    logs: sent.receipt.logs,
  });
  const resolved = logs.find((log) => log.eventName === 'DisputeResolved');
  if (resolved === undefined) {
    throw new LichenError('transaction-failed', 'The transaction resolved no dispute.', {
      got: `transaction ${sent.hash}`,
      next: 'Check that the address of the oracle belongs to this release.',
    });
  }
  const slashed = logs
    .filter((log) => log.eventName === 'ReportersSlashed')
    .flatMap((log) => indicesOf(log.args.reporters));
  return {
    overturned: resolved.args.overturned,
    outcome: outcomes[resolved.args.outcome] ?? 'unresolved',
    value: resolved.args.value,
    slashed,
    hash: sent.hash,
    gasUsed: sent.gasUsed,
  };
}
