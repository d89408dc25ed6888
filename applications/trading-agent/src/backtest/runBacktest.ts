import { type AgentModel, createAgent } from '@lichen/agent';
import { encodeMarketBody, type MarketBody } from '@lichen/protocol';
import { createLedger, type Ledger } from '../book/createLedger.ts';
import { type BarSource, createBarFeed } from '../feed/createBarFeed.ts';
import type { Feed } from '../feed/feed.ts';
import type { RunLog } from '../journal/openRunLog.ts';
import { createObserve } from '../observe/createObserve.ts';
import { limits } from '../rules/rules.js';
import type { MadePool } from '../venue/createMadePool.ts';
import { createPaperVenue, type OrderLimits, type TradingAddresses } from '../venue/createPaperVenue.ts';

/** The clock of a run that is not in real time. */
export interface RunClock {
  now(): number;
  set(at: number): void;
}

export interface BacktestInit {
  readonly record: BarSource;
  /** Said of where the bars come from, e.g. `record:sp500-2000.csv`. */
  readonly recordUri: string;
  /** Positions in the record, `to` not included. */
  readonly span: { readonly from: number; readonly to: number };
  readonly pool: MadePool;
  readonly addresses: TradingAddresses;
  readonly chainId: number;
  readonly holdings: { readonly cash: bigint; readonly shares: bigint };
  readonly shareUnit: bigint;
  readonly most?: OrderLimits;
  readonly rulesCode: Uint8Array;
  readonly rulesVersion: string;
  readonly model: AgentModel;
  readonly log: RunLog;
  readonly clock: RunClock;
  /** Name of the market. */
  readonly market: string;
  /** Told after each decided day. */
  readonly onDay?: (done: number, days: number, ledger: Ledger) => void;
}

/** Unix milliseconds at which a simulated day is decided: half past two in the afternoon, UTC. */
export function decidedAt(day: string): number {
  return Date.parse(`${day}T14:30:00Z`);
}

/** A clock that stands still between the days that are put on it. */
export function createRunClock(start: number): RunClock {
  let now = start;
  return {
    now: () => now,
    set: (at) => {
      now = at;
    },
  };
}

/**
 * Runs the agent over recorded days: the very agent that trades on a chain, with a feed that opens and closes one bar at a
 * time and a pool in memory. Everything it decides is in the journal; what comes back is the ledger made from that journal.
 * @throws LichenError of the journal; `internal` when a day could not be decided
 */
export async function runBacktest(init: BacktestInit): Promise<Ledger> {
  const { record, span, pool, clock, log } = init;
  const bars = createBarFeed(record, span, limits.bars);
  let body: MarketBody | undefined;
  const feed: Feed = {
    now: async () => {
      if (body === undefined) return undefined;
      const at = clock.now();
      return {
        bytes: encodeMarketBody(body),
        body,
        feed: { v: 1, signature: 'recorded', at, problem: '' },
        provenance: { by: 'operator' },
        uri: `${init.recordUri}#${body.day}`,
      };
    },
  };
  const venue = createPaperVenue({ ...init, clock: clock.now, uri: 'simulated:pool' });
  const { decisions } = log;
  const ledger = createLedger(decisions.blobs.get);
  const observe = createObserve({ feed, venue, decisions, ledger, clock: clock.now });
  const agent = await createAgent({
    decisions,
    rulesCode: init.rulesCode,
    rulesVersion: init.rulesVersion,
    model: init.model,
    observe,
    actor: venue.actor,
    clock: clock.now,
  });
  await agent.start();
  for (let day = bars.open(); day !== undefined; day = bars.open()) {
    clock.set(decidedAt(day.day));
    body = { v: 1, market: init.market, ...day, phase: 'open' };
    pool.moveTo(BigInt(day.open));
    await agent.step();
    body = undefined;
    pool.moveTo(BigInt(bars.close()[4]));
    init.onDay?.(day.index - span.from + 1, span.to - span.from, ledger);
  }
  await agent.stop();
  for (const recorded of decisions.since(ledger.size())) ledger.add(recorded);
  return ledger;
}
