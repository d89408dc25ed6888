/** One filled order, as the journal's outcome tells it. Money in base units. */
export interface Fill {
  /** Unix milliseconds. */
  readonly at: number;
  readonly day: string;
  /** Number of the day in the record. */
  readonly index: number;
  readonly side: 'buy' | 'sell';
  /** pUSD paid or got. */
  readonly dollars: bigint;
  /** pSPX got or given. */
  readonly shares: bigint;
  /** Micro-dollars per share at which the day opened. */
  readonly open: bigint;
  readonly isStop: boolean;
}

/** From flat to flat: every buy and sell in between belongs to one trade. Money in pUSD, as a number. */
export interface Trade {
  /** Unix milliseconds of the recorded days, midnight UTC. */
  readonly openAt: number;
  readonly closeAt: number;
  /** Everything that was paid for it. */
  readonly stake: number;
  readonly profitAbs: number;
  readonly exitReason: 'rebalance' | 'stop-loss' | 'still open';
}

/** What an account was worth at a moment. */
export interface Balance {
  /** Unix milliseconds of the recorded day, midnight UTC. */
  readonly at: number;
  readonly balance: number;
}
