import type { Address } from 'viem';

/** The input `feed`: how the statement came. */
export interface FeedSeen {
  readonly v: 1;
  /** `recorded`: taken from the shipped record, in a backtest; nobody signs that. */
  readonly signature: 'valid' | 'missing' | 'wrong' | 'recorded';
  /** Unix milliseconds at which it was asked for. */
  readonly at: number;
  /** Why there is no statement; empty when there is one. */
  readonly problem: string;
}

/** The input `portfolio`: what the account holds and what the pool holds. Amounts are decimal base units. */
export interface Portfolio {
  readonly v: 1;
  readonly chainId: number;
  readonly account: Address;
  readonly router: Address;
  readonly dollar: Address;
  readonly share: Address;
  /** Base units of one share. */
  readonly shareUnit: string;
  readonly cash: string;
  readonly shares: string;
  /** The most that may be given in one order: what the mandates allow. */
  readonly mostDollars: string;
  readonly mostShares: string;
  readonly reserveDollar: string;
  readonly reserveShare: string;
  /** Unix seconds of the chain, or of the simulated day. */
  readonly chainTime: number;
}

/** The input `book`: what the agent's own journal says of its trades. Made from the journal alone. */
export interface Book {
  readonly v: 1;
  /** Number of the last day that was decided; -1 before the first. */
  readonly lastIndex: number;
  /** The trade that is open: what was paid and what came back so far, decimal base units of pUSD. */
  readonly open: { readonly since: number; readonly cost: string; readonly proceeds: string } | null;
  /** Closed trades of the last half year, oldest first. */
  readonly closed: readonly {
    readonly index: number;
    readonly profitBps: number;
    readonly byStop: boolean;
  }[];
  /** Orders of the last weeks, oldest first. */
  readonly orders: readonly { readonly index: number; readonly dollars: string }[];
}
