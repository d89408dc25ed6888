import type { MarketBody } from '@lichen/protocol';
import type { RulesContext } from '@lichen/sdk';
import type { Book, FeedSeen, Portfolio } from '../book/seen.ts';
import { limits } from './rules.js';

export const addresses = {
  account: `0x${'aa'.repeat(20)}`,
  router: `0x${'bb'.repeat(20)}`,
  dollar: `0x${'c1'.repeat(20)}`,
  share: `0x${'d2'.repeat(20)}`,
} as const;

const dayAt = (index: number) =>
  new Date(Date.UTC(2001, 0, 1) + index * 86_400_000).toISOString().slice(0, 10);

/** A market whose price moves by the given steps (bps), one a day, and opens where it closed. */
export function marketOf(moves: readonly number[], start = 1_000_000_000): MarketBody {
  let close = start;
  const bars = Array.from({ length: limits.bars }, (_, at) => {
    const open = close;
    close = Math.max(1_000_000, Math.floor((close * (10_000 + (moves[at % moves.length] ?? 0))) / 10_000));
    const bar = [open, Math.max(open, close) + 1_000, Math.min(open, close) - 1_000, close].map(String);
    return [dayAt(at), ...bar] as unknown as MarketBody['bars'][number];
  });
  return {
    v: 1,
    market: 'SPX',
    day: dayAt(limits.bars),
    phase: 'open',
    index: limits.bars,
    open: String(close),
    bars,
  };
}

/** A calm market that rises: every signal of price is for it. */
export const rising = marketOf([10, 10, 10, -5]);
/** A calm market that falls. */
export const falling = marketOf([-10, -10, -10, 5]);

const feed: FeedSeen = { v: 1, signature: 'valid', at: 1_000_000, problem: '' };
export const emptyBook: Book = { v: 1, lastIndex: -1, open: null, closed: [], orders: [] };

/** A pool of that many dollars at the market's open price. */
export function portfolioOf(market: MarketBody, own: { cash: bigint; shares: bigint }): Portfolio {
  const reserveDollar = 10_000_000_000_000n;
  return {
    v: 1,
    chainId: 31_337,
    ...addresses,
    shareUnit: '1000000',
    cash: String(own.cash),
    shares: String(own.shares),
    mostDollars: String(10n ** 30n),
    mostShares: String(10n ** 30n),
    reserveDollar: String(reserveDollar),
    reserveShare: String((reserveDollar * 1_000_000n) / BigInt(market.open)),
    chainTime: 1_000,
  };
}

export interface ContextParts {
  readonly market?: MarketBody | undefined;
  readonly feed?: Partial<FeedSeen>;
  readonly portfolio?: Partial<Portfolio>;
  readonly book?: Partial<Book>;
  readonly cash?: bigint;
  readonly shares?: bigint;
  readonly time?: number;
}

/** A context in which a purchase is allowed, with the parts given in place of its own. */
export function contextOf(parts: ContextParts = {}): RulesContext {
  const market = 'market' in parts ? parts.market : rising;
  const { cash = 10_000_000_000n, shares = 0n } = parts;
  return {
    time: parts.time ?? feed.at + 500,
    zone: 'UTC',
    inputs: {
      ...(market === undefined ? {} : { market }),
      feed: { ...feed, ...parts.feed },
      portfolio: { ...portfolioOf(market ?? rising, { cash, shares }), ...parts.portfolio },
      book: { ...emptyBook, ...parts.book },
    },
  };
}
