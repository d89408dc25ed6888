import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { encodeMarketBody, LichenError, marketStatementDigest, mostBars } from '@lichen/protocol';
import { Hono } from 'hono';
import type { Address, Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { z } from 'zod';
import type { MarketAddresses } from '../deploy/deployMarket.ts';
import { loopbackGuard } from '../http/loopbackGuard.ts';
import { serve } from '../http/serve.ts';
import { createComplaints } from '../reporter/repeat.ts';
import { errorResponse, parseInput } from '../world/httpAnswers.ts';
import type { ServedPart } from '../world/statusSource.ts';
import { loadMarketRecord } from './loadMarketRecord.ts';
import { createMarketDays, type MarketMoment, momentAfter, momentBefore } from './marketDays.ts';
import { createMarketMaker } from './marketMaker.ts';
import { type MarketState, readMarketState, writeMarketState } from './marketState.ts';

export interface MarketInit {
  /** 0 takes a free port. */
  readonly port: number;
  readonly rpcUrl: string;
  readonly chainId: number;
  /** Folder of the clock's state; made when absent. */
  readonly folder: string;
  /** Folder of the price record. */
  readonly dataDir: string;
  /** Trades at the pool with its own inventory. */
  readonly makerKey: Hex;
  /** Signs what the market says. */
  readonly sourceKey: Hex;
  readonly addresses: MarketAddresses;
  /** Milliseconds of one recorded day; `marketDayMs` when absent. */
  readonly dayMs?: number;
  /** The day that each run begins with; `marketFirstDay` when absent. A market that has begun keeps its own. */
  readonly firstDay?: string;
  readonly log?: (line: string) => void;
}

/** Milliseconds of one recorded day. */
export const marketDayMs = 20_000;
/** The first replayed day: almost eight years of history before it, and the crash of 2008 ahead. */
export const marketFirstDay = '2007-10-01';
/** What the screen must say. */
export const marketLabel = 'recorded daily prices of the S&P 500, play money, a pool whose depth is made';
/** Of a day, that between open and close; tenths. */
const openTenths = 6;
const retryMs = 1_000;

const nowQuery = z.object({
  bars: z
    .string()
    .regex(/^\d{1,3}$/)
    .transform(Number)
    .pipe(z.number().max(mostBars))
    .optional(),
});

/** Position of a day in the price record of a folder, and its open: what a new pool begins at. */
export function firstDayOf(
  dataDir: string,
  firstDay: string = marketFirstDay,
): { readonly index: number; readonly open: bigint } {
  const record = loadMarketRecord(dataDir);
  const index = record.indexFrom(firstDay);
  return { index, open: BigInt(record.bars[index]![1]) };
}

/**
 * Starts the market: the clock of the recorded days, the maker that keeps the pool at their prices, and the signed statements
 * of what is known by now. Each moment is first kept on the disk, then the pool is moved, and only then it is told of: nobody can
 * trade at the old price on the new one. A market that was stopped goes on with the moment it was at.
 * @throws LichenError `port-in-use`, `state-damaged`, `not-found` without the record, `bad-input` for a day outside it
 */
export async function startMarket(init: MarketInit): Promise<ServedPart> {
  const { addresses, chainId, dayMs = marketDayMs } = init;
  const log = init.log ?? (() => {});
  const record = loadMarketRecord(init.dataDir);
  mkdirSync(init.folder, { recursive: true });
  const stateFile = join(init.folder, 'market.json');
  const kept = readMarketState(stateFile);
  const days = createMarketDays(record, kept?.first ?? record.indexFrom(init.firstDay ?? marketFirstDay));
  const { first } = days;
  let state: MarketState = kept ?? { v: 1, first, index: first, phase: 'open', isReached: false };
  writeMarketState(stateFile, state);
  let known = state.isReached ? state : momentBefore(first, state);

  const statements = createStatements(init, (bars) => known && encodeMarketBody(days.bodyAt(known, bars)));
  const app = new Hono();
  app.use(loopbackGuard());
  app.onError((error, context) => errorResponse(context, error));
  app.get('/v1/market/now', async (context) => {
    const { bars = 250 } = parseInput(nowQuery, context.req.query());
    const { bytes, signer, signature } = await statements.now(bars);
    context.header('content-type', 'application/json');
    context.header('cache-control', 'no-store');
    context.header('lichen-signer', signer);
    context.header('lichen-signature', signature);
    return context.body(Buffer.from(bytes));
  });
  app.get('/v1/market/config', (context) =>
    context.json({
      market: record.market,
      chainId,
      pair: addresses.pair,
      router: addresses.router,
      share: addresses.share,
      dollar: addresses.dollar,
      source: statements.signer,
      dayMs,
      label: marketLabel,
      firstDay: record.bars[first]![0],
      lastDay: record.bars.at(-1)![0],
      lap: days.lapOf(known?.index ?? first),
    }),
  );
  const served = await serve(app, init.port);

  const stopping = new AbortController();
  const { signal } = stopping;
  const maker = createMarketMaker(init);
  const complain = createComplaints(log);
  const enter = (moment: MarketMoment, isReached: boolean) => {
    const next: MarketState = { v: 1, first, index: moment.index, phase: moment.phase, isReached };
    writeMarketState(stateFile, next);
    state = next;
    if (isReached) known = next;
  };

  async function live(): Promise<void> {
    while (!signal.aborted) {
      try {
        if (!state.isReached) {
          await maker.moveTo(days.priceAt(state), signal);
          enter(state, true);
        }
        const tenths = state.phase === 'open' ? openTenths : 10 - openTenths;
        await pause(Math.floor((dayMs * tenths) / 10), signal);
        if (!signal.aborted) enter(momentAfter(state), false);
      } catch (error) {
        if (signal.aborted) return;
        complain('market')(error);
        await pause(retryMs, signal);
      }
    }
  }

  const living = live();
  return {
    url: served.url,
    async stop() {
      stopping.abort();
      await Promise.all([living, served.close()]);
    },
  };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
}

interface SignedBody {
  readonly bytes: Uint8Array;
  readonly signer: Address;
  readonly signature: Hex;
}

/** Signs what is known, once for each number of bars that somebody asked for. */
function createStatements(
  { chainId, addresses, sourceKey }: Pick<MarketInit, 'chainId' | 'addresses' | 'sourceKey'>,
  bodyNow: (bars: number) => Uint8Array | undefined,
): { readonly signer: Address; now(bars: number): Promise<SignedBody> } {
  const account = privateKeyToAccount(sourceKey);
  const signed = new Map<number, SignedBody>();
  return {
    signer: account.address,
    async now(bars) {
      const bytes = bodyNow(bars);
      if (bytes === undefined) {
        throw new LichenError('source-unavailable', 'The market has not opened yet.', {
          next: 'Ask again in a moment.',
          retry: 'later',
        });
      }
      const before = signed.get(bars);
      if (before !== undefined && Buffer.compare(before.bytes, bytes) === 0) return before;
      const hash = marketStatementDigest({ chainId, pair: addresses.pair }, bytes);
      const statement = { bytes, signer: account.address, signature: await account.sign({ hash }) };
      signed.set(bars, statement);
      return statement;
    },
  };
}
