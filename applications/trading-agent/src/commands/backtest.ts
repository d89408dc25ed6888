import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LichenError } from '@lichen/protocol';
import { backtestDays } from '../backtest/backtestDays.ts';
import { openRecord } from '../feed/openRecord.ts';
import { equityPage } from '../metrics/equityPage.ts';
import { summarize } from '../metrics/summarize.ts';
import { summaryText } from '../metrics/summaryText.ts';
import { claimOf } from '../report/claimOf.ts';
import { runLabel } from '../report/runFile.ts';
import type { CommandOutput } from './output.ts';
import { type Flags, wholeOf } from './readFlags.ts';
import { readSpan, spanWarning } from './readSpan.ts';

/** Dollars of play money at the start of a run. */
export const defaultCash = 100_000;
const mostCash = 1_000_000_000;

/** The play money that `--cash` names, base units. @throws LichenError `bad-input` */
export function readCash({ text }: Flags): bigint {
  return BigInt(wholeOf('--cash', text.cash, 1, mostCash) ?? defaultCash) * 1_000_000n;
}

/** Clears a folder that a backtest wrote; anything else is left alone. @throws LichenError `bad-input` */
function clearRun(folder: string): void {
  if (!existsSync(folder)) return;
  const file = join(folder, 'metrics.json');
  const isBacktest = existsSync(file) && readFileSync(file, 'utf8').includes('"mode":"backtest"');
  if (!isBacktest && existsSync(join(folder, 'journal'))) {
    throw new LichenError('bad-input', 'That folder holds something else than a finished backtest.', {
      got: folder,
      next: 'Name another folder with --out, or remove this one.',
      retry: 'after-fix',
    });
  }
  for (const name of ['journal', 'metrics.json', 'equity.html']) {
    rmSync(join(folder, name), { recursive: true, force: true });
  }
}

/** `backtest`: runs the agent over recorded days and writes journal, figures and, where asked for, a page. */
export async function backtestCommand(flags: Flags, output: CommandOutput): Promise<void> {
  const { bars, sha256, uri, market } = openRecord();
  const span = readSpan(bars, flags);
  const [first, last] = [bars[span.from]![0], bars[span.to - 1]![0]];
  const folder = flags.text.out ?? join('.lichen', 'backtests', `${first}_${last}`);
  clearRun(folder);
  mkdirSync(folder, { recursive: true });
  const began = performance.now();
  let told = 0;
  const { ledger, log } = await backtestDays({
    record: bars,
    recordUri: uri,
    market,
    span,
    cash: readCash(flags),
    folder,
    ...(flags.text.rules === undefined ? {} : { rulesFile: flags.text.rules }),
    ...(flags.text.model === undefined ? {} : { modelFile: flags.text.model }),
    onDay: (done, days, { points }) => {
      if (performance.now() - told < 500 && done < days) return;
      told = performance.now();
      const each = ((told - began) / done).toFixed(1);
      output.progress(`${points.at(-1)?.day ?? first}: ${done} of ${days} days, ${each} ms a day`);
    },
  });
  const seconds = (performance.now() - began) / 1_000;
  const summary = summarize(ledger);
  const claim = claimOf(log.decisions, { mode: 'backtest', record: sha256, size: ledger.size() });
  if (summary === undefined || claim === undefined) {
    throw new LichenError('internal', 'No day was decided.', { got: `${first} to ${last}` });
  }
  const run = { ...claim, summary };
  writeFileSync(join(folder, 'metrics.json'), `${JSON.stringify(run)}\n`);
  const warning = spanWarning(bars, span);
  const text = [
    `Backtest of ${summary.decidedDays} recorded days: ${runLabel}.`,
    ...(warning === '' ? [] : [warning]),
    '',
    summaryText(summary),
    '',
    `Every decision is in ${join(folder, 'journal')}: ${claim.journal.size} entries, ${seconds.toFixed(1)} s (${((seconds * 1_000) / summary.decidedDays).toFixed(1)} ms a day).`,
    `Make every figure again from it: lichen trade report ${folder}`,
  ];
  if (flags.plain.html === true) {
    const page = join(folder, 'equity.html');
    writeFileSync(
      page,
      equityPage(ledger.points, `Trading agent, ${first} to ${last}`, summaryText(summary)),
    );
    text.push(`The equity curve: ${page}`);
  }
  output.result({
    json: { folder, seconds, warning: warning === '' ? null : warning, ...run },
    text: text.join('\n'),
    exitCode: 0,
  });
}
