import type { MarketBar } from '@lichen/protocol';
import { LichenError } from '@lichen/protocol';

/** A day that has opened: its date, its open, and the days that are over. Nothing else of it exists yet. */
export interface OpenDay {
  /** Position in the record. */
  readonly index: number;
  readonly day: string;
  /** Micro-dollars per share. */
  readonly open: string;
  /** Closed days, oldest first. */
  readonly bars: readonly MarketBar[];
}

/**
 * The record, one bar at a time. A day can be opened only when the one before is closed, and high, low and close of a day
 * are read out of the record only when it is closed: who decides in between cannot look ahead, whatever it tries.
 */
export interface BarFeed {
  /** Opens the next day; undefined when there is none. @throws LichenError `bad-input` while a day is open */
  open(): OpenDay | undefined;
  /** Ends the day and returns all of it. @throws LichenError `bad-input` when no day is open */
  close(): MarketBar;
}

/** How a record is read. An array of bars is one. */
export interface BarSource {
  readonly length: number;
  readonly [index: number]: MarketBar | undefined;
}

/**
 * A feed of the days `from` to `to` (positions, `to` not included), with up to `history` closed days at hand.
 * @throws LichenError `bad-input` for a span outside the record
 */
export function createBarFeed(
  record: BarSource,
  span: { readonly from: number; readonly to: number },
  history: number,
): BarFeed {
  const { from, to } = span;
  if (!(from >= 0 && from < to && to <= record.length)) {
    throw new LichenError('bad-input', 'The record has no such days.', {
      got: `${from} to ${to}`,
      expected: `within 0 to ${record.length}`,
      retry: 'after-fix',
    });
  }
  let closed: MarketBar[] = [];
  for (let index = Math.max(0, from - history); index < from; index += 1) closed.push(record[index]!);
  let at = from - 1;
  let isOpen = false;
  const wrongOrder = (what: string) =>
    new LichenError('bad-input', `A day cannot be ${what} now.`, {
      got: isOpen ? 'an open day' : 'a closed day',
      expected: 'open and close in turn',
      retry: 'after-fix',
    });
  return {
    open: () => {
      if (isOpen) throw wrongOrder('opened');
      if (at + 1 >= to) return undefined;
      at += 1;
      isOpen = true;
      const [day, open] = record[at]!;
      return { index: at, day, open, bars: closed };
    },
    close: () => {
      if (!isOpen) throw wrongOrder('closed');
      isOpen = false;
      const bar = record[at]!;
      closed = [...closed, bar].slice(-history);
      return bar;
    },
  };
}
