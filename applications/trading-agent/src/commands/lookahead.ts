import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MarketBody } from '@lichen/protocol';
import {
  analyseLookahead,
  analyseRecursive,
  type DayDecision,
  type RunDays,
} from '../backtest/analyseLookahead.ts';
import { backtestDays } from '../backtest/backtestDays.ts';
import { readInput } from '../book/createLedger.ts';

import { openRecord } from '../feed/openRecord.ts';
import { readCash } from './backtest.ts';
import type { CommandOutput } from './output.ts';
import type { Flags } from './readFlags.ts';
import { readSpan } from './readSpan.ts';

/** Days that are looked at when nobody says how many. */
const defaultDays = '250';

/** What was decided on each day, without what chains it to its journal. */
async function decisionsOf(init: Parameters<typeof backtestDays>[0]): Promise<DayDecision[]> {
  const { log } = await backtestDays(init);
  const { decisions } = log;
  const days: DayDecision[] = [];
  for (const { decision } of decisions.since(0)) {
    if (decision.kind !== 'intent' && decision.kind !== 'refusal') continue;
    const market = readInput<MarketBody>(decision, 'market', decisions.blobs.get);
    if (market === undefined) continue;
    const { kind, task, choice, checks, rejected, amounts, act, model } = decision;
    const decided = JSON.stringify({
      kind,
      task,
      choice,
      checks,
      rejected,
      amounts,
      act,
      output: model?.output,
    });
    days.push({ index: market.index, day: market.day, decided });
  }
  return days;
}

/** `lookahead`: decides days again with the future cut off, and with another one, and compares. */
export async function lookaheadCommand(flags: Flags, output: CommandOutput): Promise<void> {
  const { bars, uri, market } = openRecord();
  const span = readSpan(bars, {
    ...flags,
    text: { days: flags.text.to === undefined ? defaultDays : undefined, ...flags.text },
  });
  const cash = readCash(flags);
  const run: RunDays = async (record, days) => {
    const folder = mkdtempSync(join(tmpdir(), 'lichen-lookahead-'));
    try {
      return await decisionsOf({ record, recordUri: uri, market, span: days, cash, folder });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };
  const lookahead = await analyseLookahead(bars, span, run, output.note);
  const recursive = analyseRecursive(bars, span);
  const isClean = lookahead.biased.length === 0 && recursive.unstable.length === 0;
  output.result({
    json: { from: bars[span.from]![0], to: bars[span.to - 1]![0], lookahead, recursive, isClean },
    text: [
      `Days ${bars[span.from]![0]} to ${bars[span.to - 1]![0]}, decided again ${lookahead.compared} times:`,
      ...lookahead.cuts.map(
        ({ day, future, same }) => `  up to ${day}, future ${future}: ${same} decisions the same`,
      ),
      lookahead.biased.length === 0
        ? 'No decision depends on what came after it.'
        : `${lookahead.biased.length} DECISIONS DEPEND ON WHAT CAME AFTER: ${lookahead.biased.slice(0, 10).join(', ')}`,
      recursive.unstable.length === 0
        ? `No feature depends on how far back it can see (${recursive.histories.join(', ')} days; ${recursive.days} mornings).`
        : `FEATURES DEPEND ON HOW FAR BACK THEY CAN SEE: ${recursive.unstable.map(({ feature, difference }) => `${feature} by ${difference}`).join(', ')}`,
    ].join('\n'),
    exitCode: isClean ? 0 : 1,
  });
}
