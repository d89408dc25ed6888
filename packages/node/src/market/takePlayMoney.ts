import { type Address, encodeFunctionData, parseAbi } from 'viem';
import type { PlannedTransaction } from '../deploy/sender.ts';

const batchAbi = parseAbi(['function take(address token, uint256 times, address receiver)']);

/** Calls of a faucet in one transaction: some 3,100 gas each, and a transaction may cost 16.7 million (EIP-7825). */
const mostCalls = 2_000;

/** A token of play money. */
export interface Faucet {
  readonly name: string;
  readonly token: Address;
  /** The most that one call gives, base units. */
  readonly limit: bigint;
}

/** Faucets of the market's two tokens. */
export function faucetsOf(
  dollar: Address,
  share: Address,
): { readonly dollar: Faucet; readonly share: Faucet } {
  return {
    dollar: { name: 'play dollars', token: dollar, limit: 10_000_000_000n },
    share: { name: 'play shares', token: share, limit: 10_000_000n },
  };
}

/** Transactions that give `receiver` at least `amount` base units of play money, through `FaucetBatch`. */
export function takePlayMoney(
  batch: Address,
  { name, token, limit }: Faucet,
  receiver: Address,
  amount: bigint,
): PlannedTransaction[] {
  const planned: PlannedTransaction[] = [];
  const calls = amount <= 0n ? 0 : Number((amount + limit - 1n) / limit);
  for (let left = calls; left > 0; left -= mostCalls) {
    const times = Math.min(left, mostCalls);
    planned.push({
      what: `taking ${name} for the market`,
      to: batch,
      data: encodeFunctionData({
        abi: batchAbi,
        functionName: 'take',
        args: [token, BigInt(times), receiver],
      }),
      gas: 200_000n + 4_000n * BigInt(times),
    });
  }
  return planned;
}
