import { join } from 'node:path';
import type { Ledger } from '../book/createLedger.ts';
import type { BarSource } from '../feed/createBarFeed.ts';
import { openRunLog, type RunLog } from '../journal/openRunLog.ts';
import { modelBlob, rulesBytes, rulesVersion } from '../rules/files.ts';
import { createMadePool, type MadePool } from '../venue/createMadePool.ts';
import type { OrderLimits, TradingAddresses } from '../venue/createPaperVenue.ts';
import { createRunClock, decidedAt, runBacktest } from './runBacktest.ts';

/** Names of the parts of a simulated market. Nothing lies at them on any chain. */
export const simulatedAddresses: TradingAddresses = {
  account: `0x${'ac'.padStart(40, '0')}`,
  router: `0x${'02'.padStart(40, '0')}`,
  dollar: `0x${'0d'.padStart(40, '0')}`,
  share: `0x${'05'.padStart(40, '0')}`,
};
const agentAddress = `0x${'a9'.padStart(40, '0')}`;
const simulatedChain = 31_337;

export interface BacktestDaysInit {
  readonly record: BarSource & {
    readonly [index: number]: readonly [string, string, string, string, string];
  };
  readonly recordUri: string;
  readonly market: string;
  readonly span: { readonly from: number; readonly to: number };
  /** pUSD base units at the start. */
  readonly cash: bigint;
  /** Folder that the journal is put in. */
  readonly folder: string;
  readonly rulesFile?: string;
  readonly modelFile?: string;
  /** A pool other than the market's first one. */
  readonly pool?: MadePool;
  readonly addresses?: TradingAddresses;
  readonly chainId?: number;
  readonly most?: OrderLimits;
  readonly onDay?: (done: number, days: number, ledger: Ledger) => void;
}

/** A backtest with the shipped rules and model; its journal is closed and complete when this resolves. */
export async function backtestDays(
  init: BacktestDaysInit,
): Promise<{ readonly ledger: Ledger; readonly log: RunLog }> {
  const { record, span, folder } = init;
  const clock = createRunClock(decidedAt(record[span.from]![0]));
  const log = await openRunLog({
    folder: join(folder, 'journal'),
    origin: 'lichen.local/backtest',
    agent: `eip155:${simulatedChain}:${agentAddress}`,
    clock: clock.now,
  });
  try {
    const ledger = await runBacktest({
      record,
      recordUri: init.recordUri,
      span,
      pool: init.pool ?? createMadePool(),
      addresses: init.addresses ?? simulatedAddresses,
      chainId: init.chainId ?? simulatedChain,
      ...(init.most === undefined ? {} : { most: init.most }),
      holdings: { cash: init.cash, shares: 0n },
      shareUnit: 1_000_000n,
      rulesCode: rulesBytes(init.rulesFile),
      rulesVersion,
      model: { kind: 'integer', blob: modelBlob(init.modelFile) },
      log,
      clock,
      market: init.market,
      ...(init.onDay === undefined ? {} : { onDay: init.onDay }),
    });
    return { ledger, log };
  } finally {
    await log.close();
  }
}
