import { erc20AssetOf } from '@lichen/agent';
import type { RecordedDecision } from '@lichen/journal';
import type { MarketBody } from '@lichen/protocol';
import { type Decision, LichenError } from '@lichen/protocol';
import type { Address } from 'viem';
import type { Fill } from '../metrics/types.ts';
import { limits } from '../rules/rules.js';
import type { Book, FeedSeen, Portfolio } from './seen.ts';

/** The account at one decision, valued at the day's open, before the decision's own trade. Amounts are base units. */
export interface EquityPoint {
  /** Unix milliseconds of the decision. */
  readonly at: number;
  readonly day: string;
  /** Number of the day in the record. */
  readonly index: number;
  readonly cash: bigint;
  readonly shares: bigint;
  /** Micro-dollars per share. */
  readonly price: bigint;
  readonly equity: bigint;
  /** What the first day's worth would be, had it been put into the index then, one fee paid. */
  readonly hold: bigint;
  /** Position of the decision in the journal. */
  readonly entry: number;
  readonly kind: 'intent' | 'refusal';
  readonly choice: string;
}

/** A closed trade: from flat to flat. */
export interface ClosedTrade {
  readonly openedAt: Fill;
  readonly closedAt: Fill;
  readonly cost: bigint;
  readonly proceeds: bigint;
}

/** What a journal tells of the money: built from decisions and blobs alone, entry by entry. */
export interface Ledger {
  /** Takes the next entry. @throws LichenError `state-damaged` when a blob that it refers to is missing or no JSON */
  add(recorded: RecordedDecision): void;
  /** Entries taken so far. */
  size(): number;
  book(): Book;
  readonly points: readonly EquityPoint[];
  readonly fills: readonly Fill[];
  readonly closed: readonly ClosedTrade[];
  /** Days on which the signals asked for a purchase that a limit stopped. */
  rejectedSignals(): number;
  /** What the portfolio must be when only this journal moved it; undefined before the first decision. */
  expected(): { readonly cash: bigint; readonly shares: bigint } | undefined;
}

export type ReadBlob = (sha256: string) => Uint8Array | undefined;

interface OpenTrade {
  readonly first: Fill;
  cost: bigint;
  proceeds: bigint;
  shares: bigint;
}

const fee = { numerator: 997n, denominator: 1000n };
const floorBps = (part: bigint, whole: bigint): number => {
  const scaled = part * 10_000n;
  const quotient = scaled / whole;
  return Number(scaled % whole !== 0n && scaled < 0n !== whole < 0n ? quotient - 1n : quotient);
};

/** Reads an input of a decision out of its blob. @throws LichenError `state-damaged` */
export function readInput<T>(decision: Decision, name: string, blob: ReadBlob): T | undefined {
  const input = decision.inputs.find((candidate) => candidate.name === name);
  if (input === undefined) return undefined;
  const bytes = blob(input.sha256);
  if (bytes === undefined) {
    throw new LichenError('state-damaged', 'A blob that a decision refers to is missing.', {
      got: `nothing under ${input.sha256}`,
      expected: `the input ${name} of decision ${decision.seq}`,
      next: 'Restore it from a copy of the journal.',
      retry: 'after-fix',
    });
  }
  return JSON.parse(new TextDecoder().decode(bytes)) as T;
}

/** An empty ledger. */
export function createLedger(blob: ReadBlob): Ledger {
  const points: EquityPoint[] = [];
  const fills: Fill[] = [];
  const closed: ClosedTrade[] = [];
  /** Intents that wait for their outcome, with what they saw. */
  const intents = new Map<
    string,
    { readonly decision: Decision; readonly market: MarketBody; readonly portfolio: Portfolio }
  >();
  let open: OpenTrade | undefined;
  let lastIndex = -1;
  let size = 0;
  let rejectedSignals = 0;
  let expected: { cash: bigint; shares: bigint } | undefined;

  function addPoint(
    { decision, index: entry }: RecordedDecision,
    market: MarketBody,
    portfolio: Portfolio,
  ): void {
    const [cash, shares, price] = [portfolio.cash, portfolio.shares, market.open].map(BigInt) as [
      bigint,
      bigint,
      bigint,
    ];
    const equity = cash + (shares * price) / BigInt(portfolio.shareUnit);
    const first = points[0];
    const bought = ((first?.equity ?? equity) * fee.numerator) / fee.denominator;
    points.push({
      at: decision.time,
      day: market.day,
      index: market.index,
      cash,
      shares,
      price,
      equity,
      hold: first === undefined ? equity : (bought * price) / first.price,
      entry,
      kind: decision.kind as 'intent' | 'refusal',
      choice: decision.choice,
    });
    expected = { cash, shares };
  }

  function addFill(fill: Fill): void {
    fills.push(fill);
    const change = fill.side === 'buy' ? fill.shares : -fill.shares;
    if (expected !== undefined) {
      expected.cash += fill.side === 'buy' ? -fill.dollars : fill.dollars;
      expected.shares += change;
    }
    open ??= { first: fill, cost: 0n, proceeds: 0n, shares: 0n };
    open.shares += change;
    if (fill.side === 'buy') open.cost += fill.dollars;
    else open.proceeds += fill.dollars;
    if (open.shares > 0n) return;
    // Shares that were there before the first purchase have no price: their sale is no trade of this journal.
    if (open.cost > 0n)
      closed.push({ openedAt: open.first, closedAt: fill, cost: open.cost, proceeds: open.proceeds });
    open = undefined;
  }

  function addOutcome({ decision }: RecordedDecision): void {
    const intent = intents.get(decision.refersTo ?? '');
    if (intent === undefined || decision.result?.status !== 'settled') return;
    intents.delete(decision.refersTo!);
    const { market, portfolio } = intent;
    const changeOf = (asset: Address) =>
      decision.amounts
        .filter((amount) => amount.asset === erc20AssetOf(portfolio.chainId, asset))
        .reduce((sum, { amount }) => sum + BigInt(amount), 0n);
    const [dollars, shares] = [changeOf(portfolio.dollar), changeOf(portfolio.share)];
    if (dollars === 0n || shares === 0n || dollars > 0n === shares > 0n) return;
    addFill({
      at: decision.time,
      day: market.day,
      index: market.index,
      side: shares > 0n ? 'buy' : 'sell',
      dollars: dollars < 0n ? -dollars : dollars,
      shares: shares < 0n ? -shares : shares,
      open: BigInt(market.open),
      isStop: intent.decision.task.startsWith('stop-loss'),
    });
  }

  return {
    points,
    fills,
    closed,
    size: () => size,
    rejectedSignals: () => rejectedSignals,
    expected: () => expected,
    add: (recorded) => {
      size += 1;
      const { decision, leafHash } = recorded;
      if (decision.kind === 'outcome') addOutcome(recorded);
      if (decision.kind !== 'intent' && decision.kind !== 'refusal') return;
      const market = readInput<MarketBody>(decision, 'market', blob);
      const portfolio = readInput<Portfolio>(decision, 'portfolio', blob);
      if (market === undefined || portfolio === undefined) return;
      if (decision.kind === 'intent') intents.set(leafHash, { decision, market, portfolio });
      // A statement that nobody signed, that is old or of a closed day is refused; it is no day of the account's life.
      // Were it one, a forged day of the far future would keep the agent from every day until then.
      const feed = readInput<FeedSeen>(decision, 'feed', blob);
      if (feed?.signature !== 'valid' && feed?.signature !== 'recorded') return;
      if (market.index <= lastIndex || market.phase !== 'open') return;
      const wanted = decision.rejected.some(({ option }) => option.startsWith('hold '));
      if (decision.kind === 'refusal' && wanted) rejectedSignals += 1;
      lastIndex = market.index;
      addPoint(recorded, market, portfolio);
    },
    book: () => {
      const since = lastIndex - limits.maxDrawdown.lookbackDays - 1;
      return {
        v: 1,
        lastIndex,
        open:
          open === undefined
            ? null
            : {
                since: open.first.index,
                cost: String(open.cost),
                proceeds: String(open.proceeds),
              },
        closed: closed
          .filter(({ closedAt }) => closedAt.index > since)
          .map(({ closedAt, cost, proceeds }) => ({
            index: closedAt.index,
            profitBps: floorBps(proceeds - cost, cost),
            byStop: closedAt.isStop,
          })),
        orders: fills
          .filter(({ index }) => index > lastIndex - limits.turnoverDays)
          .map(({ index, dollars }) => ({ index, dollars: String(dollars) })),
      };
    },
  };
}
