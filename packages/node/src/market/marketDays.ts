import { LichenError, type MarketBody, type MarketPhase } from '@lichen/protocol';
import type { MarketRecord } from './loadMarketRecord.ts';

/** A moment of the replay. `index` is counted on when the record begins again, so it never falls. */
export interface MarketMoment {
  readonly index: number;
  readonly phase: MarketPhase;
}

/** The recorded days that a market replays, again and again from `first` (a position in the record). */
export interface MarketDays {
  readonly first: number;
  /** The price of a moment, micro-dollars per share: the day's open or close. */
  priceAt(moment: MarketMoment): bigint;
  /** What is said at a moment, with at most `bars` closed days: those before the day, and the day itself once it is over. */
  bodyAt(moment: MarketMoment, bars: number): MarketBody;
  /** How often the record has begun again; 0 in the first run. */
  lapOf(index: number): number;
}

/** The moment that follows: a day's close, then the next day's open. */
export function momentAfter({ index, phase }: MarketMoment): MarketMoment {
  return phase === 'open' ? { index, phase: 'close' } : { index: index + 1, phase: 'open' };
}

/** The moment before; undefined before the first. */
export function momentBefore(first: number, { index, phase }: MarketMoment): MarketMoment | undefined {
  if (phase === 'close') return { index, phase: 'open' };
  return index > first ? { index: index - 1, phase: 'close' } : undefined;
}

/** @throws LichenError `bad-input` when `first` is no position in the record */
export function createMarketDays({ market, bars: days }: MarketRecord, first: number): MarketDays {
  if (!Number.isInteger(first) || first < 0 || first >= days.length) {
    throw new LichenError('bad-input', 'The price record has no such day.', {
      got: `position ${first}`,
      expected: `0 to ${days.length - 1}`,
      retry: 'after-fix',
    });
  }
  const length = days.length - first;
  const rowOf = (index: number) => first + ((index - first) % length);
  return {
    first,
    lapOf: (index) => Math.floor((index - first) / length),
    priceAt: ({ index, phase }) => {
      const [, open, , , close] = days[rowOf(index)]!;
      return BigInt(phase === 'open' ? open : close);
    },
    bodyAt: ({ index, phase }, bars) => {
      const row = rowOf(index);
      const [day, open] = days[row]!;
      const end = phase === 'open' ? row : row + 1;
      return { v: 1, market, day, phase, index, open, bars: days.slice(Math.max(0, end - bars), end) };
    },
  };
}
