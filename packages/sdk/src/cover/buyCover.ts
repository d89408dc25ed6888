import { flightCoverAbi, playDollarAbi } from '@lichen/contracts';
import { LichenError } from '@lichen/protocol';
import {
  type Address,
  encodeFunctionData,
  type Hex,
  isAddressEqual,
  parseEventLogs,
  type TransactionReceipt,
} from 'viem';
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
  /** Gas of the purchase, without an approval sent before it. */
  readonly gasUsed: bigint;
  /** Gas of the approval sent before it; 0 when the allowance was enough, or an account made both in one operation. */
  readonly approvalGasUsed: bigint;
}

export interface BuyCoverParameters extends TransactionOptions {
  readonly quote: CoverQuote;
  /** Base units of pUSD; the premium of the quote when absent. */
  readonly maxPremium?: bigint;
  /** Takes play dollars, which have no value, from the faucet first where the account holds too little. */
  readonly takePlayMoney?: boolean;
}

type DataCall = { readonly to: Address; readonly data: Hex };

/**
 * Buys cover at a quote for the client's account: checks the balance, approves exactly what may be pulled where the
 * allowance is too small, simulates, sends and waits for the receipt. A client `withAccount` does all of it in one
 * operation, all or nothing. Sending the same quote again cannot buy twice.
 * @throws LichenError `too-little-money`, `price-moved`, `quote-expired`, `quote-replayed` and the contract's other
 * reasons; `sponsor-exhausted`, `timeout`, `chain-unreachable`, `transaction-failed`.
 */
export async function buyCover(client: LichenClient, parameters: BuyCoverParameters): Promise<BoughtCover> {
  const { quote, takePlayMoney, maxPremium: limit, ...options } = parameters;
  const maxPremium = limit ?? quote.parts.premium;
  const calls = await preparationOf(client, quote, maxPremium, takePlayMoney === true);
  const purchase = buyCoverCall(client, { quote, maxPremium });
  if (client.sender !== undefined) {
    const { transactionHash, receipt } = await client.sender.send([...calls, purchase], options);
    return {
      ...boughtCoverIn(client, receipt, client.sender.address),
      hash: transactionHash,
      approvalGasUsed: 0n,
    };
  }
  let approvalGasUsed = 0n;
  for (const call of calls) approvalGasUsed += (await sendTransaction(client, call, options)).gasUsed;
  const { receipt, hash } = await sendTransaction(client, purchase, options);
  return { ...boughtCoverIn(client, receipt, accountOf(client)), hash, approvalGasUsed };
}

/** The purchase itself as a call: what a mandate for `buy` lets an agent make. Sends nothing. */
export function buyCoverCall(
  client: LichenClient,
  { quote, maxPremium }: { readonly quote: CoverQuote; readonly maxPremium: bigint },
): DataCall {
  const { report, bitmap, signatures, payout, salt } = quote;
  return {
    to: client.addresses.flightCover,
    data: encodeFunctionData({
      abi: flightCoverAbi,
      functionName: 'buy',
      args: [report, bitmap, signatures, payout, maxPremium, salt],
    }),
  };
}

/** What must come before the purchase: play money where asked for, and an approval where the allowance is too small. */
async function preparationOf(
  client: LichenClient,
  quote: CoverQuote,
  maxPremium: bigint,
  takePlayMoney: boolean,
): Promise<DataCall[]> {
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
  const calls: DataCall[] = [];
  if (balance < quote.parts.premium) {
    if (!takePlayMoney) {
      throw new LichenError('too-little-money', 'The account holds too little for the premium.', {
        got: `${formatAmount(balance)} pUSD`,
        expected: `${formatAmount(quote.parts.premium)} pUSD or more`,
        next: 'Take play dollars from the faucet, or lower the payout.',
        retry: 'after-fix',
      });
    }
    const missing = maxPremium - balance;
    calls.push({
      to: playDollar,
      data: encodeFunctionData({ ...money, functionName: 'faucet', args: [missing] }),
    });
  }
  if (allowance < maxPremium) {
    calls.push({
      to: playDollar,
      data: encodeFunctionData({ ...money, functionName: 'approve', args: [flightCover, maxPremium] }),
    });
  }
  return calls;
}

/**
 * The policy that a transaction sold to a holder. The receipt, not a simulation, says what was paid: the price may have
 * moved within the limit in between.
 * @throws LichenError `transaction-failed` when it sold none to this holder.
 */
export function boughtCoverIn(
  client: LichenClient,
  receipt: TransactionReceipt,
  holder: Address,
): Pick<BoughtCover, 'policyId' | 'premium' | 'gasUsed'> {
  const bought = parseEventLogs({
    abi: flightCoverAbi,
    eventName: 'PolicyBought',
    // A bundle carries other people's purchases too, and any contract may write such an event.
    logs: receipt.logs.filter((log) => isAddressEqual(log.address, client.addresses.flightCover)),
  }).find((log) => isAddressEqual(log.args.holder, holder));
  if (bought === undefined) {
    throw new LichenError('transaction-failed', 'The purchase left no policy.', {
      got: `transaction ${receipt.transactionHash}`,
      next: 'Check that the address of FlightCover belongs to this release.',
    });
  }
  return { policyId: bought.args.id, premium: bought.args.quote.premium, gasUsed: receipt.gasUsed };
}
