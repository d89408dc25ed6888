import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readJournalFolder } from '@lichen/journal';
import { blobHashOf, LichenError, parseCheckpointText, parseNote } from '@lichen/protocol';
import { openRecord } from '../feed/openRecord.ts';
import { type ReadJournalFile, readJournalUrl } from '../journal/journalReader.ts';
import { summaryText } from '../metrics/summaryText.ts';
import { checkRun } from '../report/checkRun.ts';
import { compareFigures } from '../report/compareFigures.ts';
import { parseRunFile, type RunFile } from '../report/runFile.ts';
import { rulesBytes } from '../rules/files.ts';
import type { CommandOutput } from './output.ts';
import { type Flags, wholeOf } from './readFlags.ts';

interface RunSource {
  readonly run: RunFile;
  readonly read: ReadJournalFile;
  /** Key of the journal as somebody else than the run names it. */
  readonly vkey?: string;
}

function fromFolder(folder: string): RunSource {
  const file = join(folder, 'metrics.json');
  if (!existsSync(file)) {
    throw new LichenError('not-found', 'There is no run in that folder.', {
      got: file,
      expected: 'a folder that a backtest or a paper run wrote',
      next: 'Run one with: lichen trade backtest',
      retry: 'after-fix',
    });
  }
  return { run: parseRunFile(readFileSync(file, 'utf8')), read: readJournalFolder(join(folder, 'journal')) };
}

async function fetchJson(url: string): Promise<unknown> {
  try {
    const answer = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(15_000) });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    return await answer.json();
  } catch (cause) {
    throw new LichenError('source-unavailable', 'The agent does not answer.', {
      got: `${url}: ${cause instanceof Error ? cause.message : String(cause)}`,
      next: 'Check that the network runs with `lichen status`.',
      retry: 'later',
      cause,
    });
  }
}

/** An agent behind a gateway, `…/v1/agents/<name>`: its journal is one of the gateway's, found by its origin. */
async function fromAgent(url: string): Promise<RunSource> {
  const {
    run,
    label: _label,
    ...summary
  } = (await fetchJson(`${url.replace(/\/$/, '')}/metrics`)) as Record<string, unknown>;
  const file = parseRunFile(JSON.stringify({ ...(run as object), summary }));
  const { origin } = new URL(url);
  const config = (await fetchJson(`${origin}/config.json`)) as {
    readonly journals?: readonly { readonly origin: string; readonly vkey: string; readonly path: string }[];
  };
  const journal = config.journals?.find((candidate) => candidate.origin === file.journal.origin);
  if (journal === undefined) {
    throw new LichenError('not-found', 'The gateway does not serve the journal of that agent.', {
      got: file.journal.origin,
      retry: 'later',
    });
  }
  return { run: file, read: readJournalUrl(`${origin}${journal.path}`), vkey: journal.vkey };
}

/** Milliseconds that a head over what a running agent claims may take. */
const headWaitMs = 20_000;

/** Waits until the journal's signed head covers so many entries, as that of a running agent does in a moment. */
async function waitForHead(read: ReadJournalFile, size: number): Promise<void> {
  const deadline = performance.now() + headWaitMs;
  for (;;) {
    const head = await read('checkpoint');
    const text = head === undefined ? undefined : new TextDecoder().decode(head);
    try {
      if (text !== undefined && parseCheckpointText(parseNote(text).text).size >= size) return;
    } catch {
      // What is wrong with the head is for the check to say.
      return;
    }
    if (performance.now() > deadline) return;
    await sleep(500);
  }
}

/** `report`: makes every figure of a run again from its journal and compares it with what the run claims. */
export async function reportCommand(flags: Flags, output: CommandOutput): Promise<void> {
  const [where] = flags.positional;
  if (where === undefined) {
    throw new LichenError('bad-input', 'Name the run.', {
      expected: 'the folder of a run, or the address of an agent',
      retry: 'after-fix',
    });
  }
  const { run, read, vkey } = /^https?:/.test(where) ? await fromAgent(where) : fromFolder(where);
  const trusted = flags.text.vkey ?? vkey;
  const replay = flags.text.replay === 'all' ? 'all' : (wholeOf('--replay', flags.text.replay, 0, 1e6) ?? 50);
  const record = openRecord();
  if (run.mode === 'live') await waitForHead(read, run.journal.size);
  let told = 0;
  const check = await checkRun({
    read,
    vkey: trusted ?? run.journal.vkey,
    record: record.bars,
    replay,
    isAlone: run.mode !== 'live',
    upTo: run.journal.size,
    onProgress: (done, all) => {
      if (performance.now() - told < 500) return;
      told = performance.now();
      output.progress(`${done} of ${all} decisions`);
    },
  });
  const findings = [...check.findings];
  const claims = [
    ...compareFigures(run.summary, JSON.parse(JSON.stringify(check.summary ?? null)), ''),
    ...compareFigures(run.rules, check.rules, 'rules'),
    ...compareFigures(run.agent, check.agent, 'agent'),
    ...compareFigures(run.record, run.mode === 'backtest' ? record.sha256 : null, 'record'),
  ];
  for (const { figure, claimed, recomputed } of claims) {
    findings.push({
      code: 'figure-differs',
      what: `${figure}: the run says ${claimed}, its journal ${recomputed}`,
    });
  }
  if (check.checked !== run.journal.size) {
    findings.push({
      code: 'entries-missing',
      what: `the figures are of ${run.journal.size} entries, ${check.checked} are there`,
    });
  }
  const isClean = findings.length === 0;
  const isOurs = check.rules?.sha256 === blobHashOf(rulesBytes());
  const rules = `Rules ${check.rules?.sha256.slice(0, 16)}…: ${isOurs ? 'those of this installation' : 'others than those of this installation, taken from the journal'}.`;
  const key =
    trusted === undefined
      ? 'Its key is the one that the run itself names: give another with --vkey to be sure whose it is.'
      : `Signed by the key ${trusted}.`;
  output.result({
    json: {
      mode: run.mode,
      label: run.label,
      size: check.size,
      checked: check.checked,
      replayed: check.replayed,
      isClean,
      findings,
      summary: check.summary,
    },
    text: [
      `${run.mode} of ${run.agent}: ${run.label}.`,
      '',
      ...(check.summary === undefined ? [] : [summaryText(check.summary), '']),
      `${check.checked} entries of a journal of ${check.size}; ${check.replayed.gradeA} of ${check.replayed.asked} decisions run again, bit for bit (grade A).`,
      rules,
      key,
      isClean
        ? 'Every figure comes out again from the journal alone.'
        : [
            `${findings.length} FINDINGS:`,
            ...findings
              .slice(0, 40)
              .map(
                ({ code, what, index }) =>
                  `  ${code}${index === undefined ? '' : ` at entry ${index}`}: ${what}`,
              ),
          ].join('\n'),
    ].join('\n'),
    exitCode: isClean ? 0 : 1,
  });
}
