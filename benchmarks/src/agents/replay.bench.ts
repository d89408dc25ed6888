// The trading agent over seven recorded years of the S&P 500 by `lichen trade backtest`, each decision on the disk before its
// act; then each of those decisions run again from its journal alone, as a stranger does: inputs read and hashed, rules in
// the sandbox, the model's integers, verdict and calls compared. No bar is named; figures are for whoever changes the code.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { platformSha256, readJournalFolder } from '@lichen/journal';
import { checkJournal, type Decision } from '@lichen/protocol';
import { replayDecision } from '@lichen/sdk';
import { lichenJson } from '../support/lichenCommand.ts';
import { printBar } from '../support/printBar.ts';

const [from, to] = ['2010-01-04', '2016-12-30'];

const folder = mkdtempSync(join(process.env.LICHEN_BENCH_DIR ?? tmpdir(), 'lichen-bench-'));
try {
  const out = join(folder, 'run');
  const run = (await lichenJson(['trade', 'backtest', '--from', from, '--to', to, '--out', out])) as {
    readonly seconds: number;
    readonly summary: { readonly decidedDays: number };
    readonly journal: { readonly size: number; readonly vkey: string };
  };
  printBar({
    name: 'backtest of the trading agent, every decision in its journal',
    value: Math.round(run.summary.decidedDays / run.seconds),
    unit: 'recorded days/s',
    bar: null,
    holds: null,
    days: run.summary.decidedDays,
    decisions: run.journal.size,
    seconds: Number(run.seconds.toFixed(1)),
  });

  const read = readJournalFolder(join(out, 'journal'));
  const decisions: Decision[] = [];
  const { isWhole } = await checkJournal({
    read,
    vkey: run.journal.vkey,
    hash: platformSha256,
    onEntry: (_index, _entry, _leafHash, { decision }) => {
      if (decision?.kind === 'intent' || decision?.kind === 'refusal') decisions.push(decision);
    },
  });
  if (!isWhole) throw new Error('the journal of the backtest is not whole');
  const grades: Record<string, number> = {};
  const started = performance.now();
  for (const decision of decisions) {
    const report = await replayDecision({ decision, blob: (sha256) => read(`blob/${sha256}`) });
    if (!report.isSame) throw new Error(`decision ${decision.seq} came out otherwise`);
    grades[report.grade ?? 'none'] = (grades[report.grade ?? 'none'] ?? 0) + 1;
  }
  const seconds = (performance.now() - started) / 1_000;
  printBar({
    name: 'replay of its decisions from the journal, one after the other',
    value: Math.round(decisions.length / seconds),
    unit: 'decisions/s',
    bar: null,
    holds: null,
    decisions: decisions.length,
    grades,
  });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
