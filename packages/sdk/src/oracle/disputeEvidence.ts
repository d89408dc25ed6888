import { oracleAbi, playDollarAbi } from '@lichen/contracts';
import { LichenError, type QuestionSpec, type SignedStatement } from '@lichen/protocol';
import { encodeFunctionData, type Hex, parseEventLogs } from 'viem';
import type { LichenClient } from '../client/createLichenClient.ts';
import { sendTransaction, type TransactionOptions } from '../client/sendTransaction.ts';
import { onChain } from '../client/toLichenError.ts';

export interface OpenedDispute {
  /** Chain time, unix seconds, until which both sides may add statements; then anyone resolves. */
  readonly defendBy: number;
  readonly hash: Hex;
  readonly gasUsed: bigint;
}

/**
 * Opens a dispute of an accepted answer with signed statements of registered sources. The account posts the
 * oracle's dispute bond, which is approved here exactly; it comes back when the answer is overturned.
 * @throws LichenError `too-little-money`, `bad-input` (statement of no source, about another subject, too new),
 * `transaction-failed` (nothing to dispute, or too late), `timeout`, `chain-unreachable`.
 */
export async function disputeEvidence(
  client: LichenClient,
  parameters: TransactionOptions & {
    readonly spec: QuestionSpec;
    readonly statements: readonly SignedStatement[];
  },
): Promise<OpenedDispute> {
  const { spec, statements, ...options } = parameters;
  const { oracle, playDollar } = client.addresses;
  const bond = await onChain(
    client.chain.readContract({ address: oracle, abi: oracleAbi, functionName: 'DISPUTE_BOND' }),
  );
  const approve = encodeFunctionData({ abi: playDollarAbi, functionName: 'approve', args: [oracle, bond] });
  await sendTransaction(client, { to: playDollar, data: approve }, options);
  const data = encodeFunctionData({
    abi: oracleAbi,
    functionName: 'disputeEvidence',
    args: [spec, statements.map(({ statement, signature }) => ({ statement, signature }))],
  });
  const sent = await sendTransaction(client, { to: oracle, data }, options);
  const opened = parseEventLogs({ abi: oracleAbi, eventName: 'DisputeOpened', logs: sent.receipt.logs })[0];
  if (opened === undefined) {
    throw new LichenError('transaction-failed', 'The transaction opened no dispute.', {
      got: `transaction ${sent.hash}`,
    });
  }
  return { defendBy: opened.args.defendBy, hash: sent.hash, gasUsed: sent.gasUsed };
}
