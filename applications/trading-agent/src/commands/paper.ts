import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createAgent } from '@lichen/agent';
import { LichenError } from '@lichen/protocol';
import { createLichenClient, marketOf, onChain, readPool } from '@lichen/sdk';
import { simulatedAddresses } from '../backtest/backtestDays.ts';
import { createLedger } from '../book/createLedger.ts';
import { createLiveFeed } from '../feed/createLiveFeed.ts';
import { openRunLog } from '../journal/openRunLog.ts';
import { summarize } from '../metrics/summarize.ts';
import { summaryText } from '../metrics/summaryText.ts';
import { createObserve } from '../observe/createObserve.ts';
import { claimOf } from '../report/claimOf.ts';
import { runLabel } from '../report/runFile.ts';
import { modelBlob, rulesBytes, rulesVersion } from '../rules/files.ts';
import { createFollowingVenue } from '../venue/createFollowingVenue.ts';
import { readCash } from './backtest.ts';
import type { CommandOutput } from './output.ts';
import { type Flags, wholeOf } from './readFlags.ts';

/** Milliseconds between two looks at the market. */
const lookPauseMs = 500;

/**
 * `paper`: the agent beside a running market, with live statements and reserves and nothing at stake; until so many days are
 * decided or the process is interrupted. Journal and figures are written as a backtest writes them.
 */
export async function paperCommand(flags: Flags, output: CommandOutput): Promise<void> {
  const gatewayUrl = flags.text.gateway;
  if (gatewayUrl === undefined) {
    throw new LichenError('bad-input', 'Name the gateway of a network.', {
      expected: '--gateway http://127.0.0.1:8080',
      retry: 'after-fix',
    });
  }
  const days = wholeOf('--days', flags.text.days, 1, 1_000_000) ?? Number.POSITIVE_INFINITY;
  const client = await createLichenClient({ gatewayUrl });
  const market = marketOf(client);
  const { chainId } = client.config;
  const folder =
    flags.text.out ?? join('.lichen', 'paper', new Date().toISOString().slice(0, 19).replaceAll(':', '-'));
  if (existsSync(join(folder, 'journal'))) {
    throw new LichenError('bad-input', 'That folder holds a run already, whose key is gone.', {
      got: folder,
      next: 'Name another folder with --out.',
      retry: 'after-fix',
    });
  }
  mkdirSync(folder, { recursive: true });
  const { account } = simulatedAddresses;
  const log = await openRunLog({
    folder: join(folder, 'journal'),
    origin: 'lichen.local/paper',
    agent: `eip155:${chainId}:${account}`,
    clock: Date.now,
  });
  const { decisions } = log;
  const ledger = createLedger(decisions.blobs.get);
  const venue = createFollowingVenue(
    {
      addresses: { account, router: market.router, dollar: market.dollar, share: market.share },
      chainId,
      holdings: { cash: readCash(flags), shares: 0n },
      shareUnit: 1_000_000n,
      clock: Date.now,
      uri: `paper:${market.pair}`,
    },
    async () => {
      const { dollar, share, block } = await readPool(client);
      const { timestamp } = await onChain(client.chain.getBlock({ blockNumber: block }));
      return { reserves: { dollar, share }, chainTime: Number(timestamp) };
    },
  );
  const feed = createLiveFeed({
    url: new URL(market.path, gatewayUrl).href,
    market,
    chainId,
    clock: Date.now,
  });
  const agent = await createAgent({
    decisions,
    rulesCode: rulesBytes(flags.text.rules),
    rulesVersion,
    model: { kind: 'integer', blob: modelBlob(flags.text.model) },
    observe: createObserve({ feed, venue, decisions, ledger, clock: Date.now }),
    actor: venue.actor,
    clock: Date.now,
    log: output.note,
  });
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  try {
    await agent.start();
    output.note(`paper: ${runLabel}`);
    let told = 0;
    while (!stopping.signal.aborted && ledger.points.length < days) {
      await agent.step();
      for (const recorded of decisions.since(ledger.size())) ledger.add(recorded);
      for (const point of ledger.points.slice(told)) output.note(`${point.day}: ${point.choice}`);
      told = ledger.points.length;
      await sleep(lookPauseMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
    await agent.stop();
    for (const recorded of decisions.since(ledger.size())) ledger.add(recorded);
    const summary = summarize(ledger);
    const claim = claimOf(decisions, { mode: 'paper', record: null, size: ledger.size() });
    const run = summary === undefined || claim === undefined ? null : { ...claim, summary };
    if (run !== null) writeFileSync(join(folder, 'metrics.json'), `${JSON.stringify(run)}\n`);
    output.result({
      json: { folder, ...run },
      text:
        run === null
          ? `No day was decided. ${folder}`
          : [
              `Paper run: ${runLabel}.`,
              '',
              summaryText(run.summary),
              '',
              `Make every figure again: lichen trade report ${folder}`,
            ].join('\n'),
      exitCode: 0,
    });
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, stop);
    await log.close();
  }
}
