import type { Address } from 'viem';
import type { BenchCover } from '../support/coverOnDevChain.ts';
import type { DevChain } from '../support/devChain.ts';
import type { BenchOracle } from '../support/lichenOnDevChain.ts';

/** What the events said, in base units and counts. */
export interface Books {
  sold: number;
  refused: number;
  paid: number;
  closed: number;
  refunded: number;
  answers: number;
  reports: number;
  premiums: bigint;
  payouts: bigint;
  refunds: bigint;
  /** Moved from the pool to prepaid oracle fees. */
  spent: bigint;
  /** Oracle fees of questions asked. */
  fees: bigint;
  /** Sales whose probability on the chain was not the one that TypeScript computes. */
  mispriced: number;
  buyGas: number;
  /** Sales above the gas bar: the first in an airport-day or a cell, and those that prepay oracle fees. */
  dearBuys: number;
  mostBuyGas: number;
}

export function emptyBooks(): Books {
  return {
    sold: 0,
    refused: 0,
    paid: 0,
    closed: 0,
    refunded: 0,
    answers: 0,
    reports: 0,
    premiums: 0n,
    payouts: 0n,
    refunds: 0n,
    spent: 0n,
    fees: 0n,
    mispriced: 0,
    buyGas: 0,
    dearBuys: 0,
    mostBuyGas: 0,
  };
}

interface Start {
  readonly capital: bigint;
  readonly holder: Address;
  readonly holderMoney: bigint;
}

/** Where balances on the chain differ from what the events add up to; empty when the books balance. */
export async function differencesOf(
  chain: DevChain,
  { token, oracle }: BenchOracle,
  { cover, pool }: BenchCover,
  books: Books,
  start: Start,
): Promise<string[]> {
  const balanceOf = (account: Address) => chain.read<bigint>('PlayDollar', token, 'balanceOf', [account]);
  const inOrOut = books.premiums - books.payouts - books.refunds;
  const wanted = {
    'pool balance': [await balanceOf(pool), start.capital + inOrOut - books.spent],
    'pool assets': [
      await chain.read<bigint>('CoverPool', pool, 'totalAssets'),
      start.capital + inOrOut - books.spent,
    ],
    'pool reserved': [await chain.read<bigint>('CoverPool', pool, 'totalReserved'), 0n],
    'pool unearned': [await chain.read<bigint>('CoverPool', pool, 'unearnedPremiums'), 0n],
    'holder balance': [await balanceOf(start.holder), start.holderMoney - inOrOut],
    'prepaid fees': [
      await chain.read<bigint>('Oracle', oracle, 'prepaidOf', [cover]),
      books.spent - books.fees,
    ],
    'oracle balance': [await balanceOf(oracle), books.spent],
    'cover balance': [await balanceOf(cover), 0n],
  } as const;
  return Object.entries(wanted)
    .filter(([, [got, expected]]) => got !== expected)
    .map(([name, [got, expected]]) => `${name}: got ${got}, expected ${expected}`);
}
