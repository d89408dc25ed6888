import { playDollarAbi } from '@lichen/contracts';
import { encodeFunctionData, type Hex } from 'viem';
import type { LichenClient } from '../client/createLichenClient.ts';
import { sendTransaction, type TransactionOptions } from '../client/sendTransaction.ts';

/**
 * Mints play dollars, which have no value, to the client's account.
 * @param parameters.amount base units of pUSD, at most 10,000 pUSD a call.
 * @throws LichenError `bad-input` above the limit, `timeout`, `chain-unreachable`.
 */
export async function faucet(
  client: LichenClient,
  parameters: TransactionOptions & { readonly amount: bigint },
): Promise<{ readonly hash: Hex; readonly gasUsed: bigint }> {
  const { amount, ...options } = parameters;
  const data = encodeFunctionData({ abi: playDollarAbi, functionName: 'faucet', args: [amount] });
  const { hash, gasUsed } = await sendTransaction(client, { to: client.addresses.playDollar, data }, options);
  return { hash, gasUsed };
}
