import { oracleAbi, playDollarAbi } from '@lichen/contracts';
import { type QuestionSpec, questionIdOf } from '@lichen/protocol';
import { encodeFunctionData, type Hex } from 'viem';
import type { LichenClient } from '../client/createLichenClient.ts';
import { sendTransaction, type TransactionOptions } from '../client/sendTransaction.ts';
import { onChain } from '../client/toLichenError.ts';

export interface AskedQuestion {
  readonly questionId: Hex;
  readonly spec: QuestionSpec;
  /** Base units of the oracle's token. */
  readonly fee: bigint;
  readonly hash: Hex;
  readonly gasUsed: bigint;
}

/**
 * Asks a question whose asker is the client's account. The fee is prepaid first where the account's prepaid balance is too
 * small.
 * @throws LichenError `too-little-money`, `bad-input`, `timeout`, `chain-unreachable`
 */
export async function sendQuestion(
  client: LichenClient,
  spec: QuestionSpec,
  options: TransactionOptions,
): Promise<AskedQuestion> {
  const oracle = { address: client.addresses.oracle, abi: oracleAbi } as const;
  const [fee, prepaid] = await onChain(
    Promise.all([
      client.chain.readContract({ ...oracle, functionName: 'quote', args: [spec] }),
      client.chain.readContract({ ...oracle, functionName: 'prepaidOf', args: [spec.asker] }),
    ]),
  );
  if (prepaid < fee) {
    const approve = {
      abi: playDollarAbi,
      functionName: 'approve',
      args: [oracle.address, fee - prepaid],
    } as const;
    await sendTransaction(
      client,
      { to: client.addresses.playDollar, data: encodeFunctionData(approve) },
      options,
    );
    const prepay = { abi: oracleAbi, functionName: 'prepay', args: [spec.asker, fee - prepaid] } as const;
    await sendTransaction(client, { to: oracle.address, data: encodeFunctionData(prepay) }, options);
  }
  const ask = { abi: oracleAbi, functionName: 'ask', args: [spec] } as const;
  const sent = await sendTransaction(client, { to: oracle.address, data: encodeFunctionData(ask) }, options);
  const questionId = questionIdOf(client.config.chainId, oracle.address, spec);
  return { questionId, spec, fee, hash: sent.hash, gasUsed: sent.gasUsed };
}
