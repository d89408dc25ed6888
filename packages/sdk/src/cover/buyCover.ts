import { flightCoverAbi, playDollarAbi } from '@lichen/contracts';
import { LichenError } from '@lichen/protocol';
import { decodeFunctionResult, encodeFunctionData, type Hex, parseEventLogs } from 'viem';
import type { LichenClient } from '../client/createLichenClient.ts';
import { accountOf, sendTransaction, type TransactionOptions } from '../client/sendTransaction.ts';
import { onChain } from '../client/toLichenError.ts';
import { formatAmount } from '../money/amount.ts';
import type { CoverQuote } from './quoteCover.ts';

export interface BoughtCover {
  readonly policyId: Hex;
  /** What was paid, base units of pUSD. */
  readonly premium: bigint;
  readonly hash: Hex;
  /** Gas of the purchase, without the approval. */
  readonly gasUsed: bigint;
  /** Gas of the approval sent before it; 0 when the allowance was enough. */
  readonly approvalGasUsed: bigint;
}

export interface BuyCoverParameters extends TransactionOptions {
  readonly quote: CoverQuote;
  /** Base units of pUSD; the premium of the quote when absent. */
  readonly maxPremium?: bigint;
}

/**
 * Buys cover at a quote for the client's account: checks the balance, approves exactly what may be pulled where the
 * allowance is too small, simulates, sends and waits for the receipt. Sending the same quote again cannot buy twice.
 * @throws LichenError `too-little-money`, `price-moved`, `quote-expired`, `quote-replayed` and the contract's other
 * reasons; `timeout`, `chain-unreachable`, `transaction-failed`.
 */
export async function buyCover(client: LichenClient, parameters: BuyCoverParameters): Promise<BoughtCover> {
  const { quote, ...options } = parameters;
  const maxPremium = parameters.maxPremium ?? quote.parts.premium;
  const holder = accountOf(client);
  const { playDollar, flightCover } = client.addresses;
  const money = { address: playDollar, abi: playDollarAbi } as const;
  if (quote.parts.premium > maxPremium) {
    throw new LichenError('price-moved', 'The premium is above your limit.', {
      got: `${formatAmount(quote.parts.premium)} pUSD`,
      expected: `at most ${formatAmount(maxPremium)} pUSD`,
      next: 'Raise the limit, lower the payout, or take another flight.',
      retry: 'after-fix',
    });
  }
  const [balance, allowance] = await onChain(
    Promise.all([
      client.chain.readContract({ ...money, functionName: 'balanceOf', args: [holder] }),
      client.chain.readContract({ ...money, functionName: 'allowance', args: [holder, flightCover] }),
    ]),
  );
  if (balance < quote.parts.premium) {
    throw new LichenError('too-little-money', 'The account holds too little for the premium.', {
      got: `${formatAmount(balance)} pUSD`,
      expected: `${formatAmount(quote.parts.premium)} pUSD or more`,
      next: 'Take play dollars from the faucet, or lower the payout.',
      retry: 'after-fix',
    });
  }
  let approvalGasUsed = 0n;
  if (allowance < maxPremium) {
    const data = encodeFunctionData({ ...money, functionName: 'approve', args: [flightCover, maxPremium] });
    approvalGasUsed = (await sendTransaction(client, { to: playDollar, data }, options)).gasUsed;
  }
  const { report, bitmap, signatures, payout, salt } = quote;
  const sent = await sendTransaction(
    client,
    {
      to: flightCover,
      data: encodeFunctionData({
        abi: flightCoverAbi,
        functionName: 'buy',
        args: [report, bitmap, signatures, payout, maxPremium, salt],
      }),
    },
    options,
  );
  // The receipt, not the simulation, says what was paid: the price may have moved within the limit in between.
  const bought = parseEventLogs({
    abi: flightCoverAbi,
    eventName: 'PolicyBought',
    logs: sent.receipt.logs,
  })[0];
  const [policyId] = decodeFunctionResult({ abi: flightCoverAbi, functionName: 'buy', data: sent.returned });
  if (bought === undefined || bought.args.id !== policyId) {
    throw new LichenError('transaction-failed', 'The purchase left no policy.', {
      got: `transaction ${sent.hash}`,
      next: 'Check that the address of FlightCover belongs to this release.',
    });
  }
  return {
    policyId,
    premium: bought.args.quote.premium,
    hash: sent.hash,
    gasUsed: sent.gasUsed,
    approvalGasUsed,
  };
}
