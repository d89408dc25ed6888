import { checkJournal, type Decision, decodeDecision, isLichenError, LichenError } from '@lichen/protocol';
import type { AskAgain, LichenClient, ReplayReport, ReplayStep } from '@lichen/sdk';
import { createReplayThread } from './createReplayThread.ts';
import {
  blobsInFolder,
  isFile,
  type JournalSource,
  journalFolderOf,
  openFolder,
  openNetworkJournal,
  openReceipt,
} from './journalSource.ts';
import { readWholeTiles } from './readWholeTiles.ts';

export interface ReplayOptions {
  /** A receipt, a journal's folder, or number, writer or origin of a journal of the network. */
  readonly target: string;
  /** Entry of the journal. */
  readonly index?: number;
  /** Every entry. */
  readonly isAll?: boolean;
  /** Folder with the bytes that a receipt's decision refers to. */
  readonly blobs?: string;
  /** Key of the head of a journal in a folder. */
  readonly vkey?: string;
  /** Milliseconds that one decision may take; 30,000 when absent. */
  readonly patienceMs?: number;
  /** Asks the language model of one decision again: grade C. */
  readonly askAgain?: AskAgain;
  /** Opens the network, where it is needed. */
  readonly open: () => Promise<LichenClient>;
  readonly onProgress?: (line: string) => void;
}

/** `nothing`: the record holds no verdict that could be run again. */
export type ReplayVerdict = 'same' | 'nothing' | 'differs' | 'cannot';

export interface ReplayResult {
  readonly json: unknown;
  readonly text: string;
  /** 0 the same, 1 it differs, 2 it could not be replayed. */
  readonly exitCode: 0 | 1 | 2;
}

const exitCodes = { same: 0, nothing: 0, differs: 1, cannot: 2 } as const;
const marks: Readonly<Record<ReplayStep['state'], string>> = { passed: '✓', failed: '✗', skipped: '–' };

export function verdictOf({ grade, isSame, steps }: ReplayReport): ReplayVerdict {
  if (isSame) return grade === null ? 'nothing' : 'same';
  return steps.some(({ state }) => state === 'failed') ? 'differs' : 'cannot';
}

/** Text of a journal without what steers a terminal. */
function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ');
}

function headline(verdict: ReplayVerdict, grade: ReplayReport['grade']): string {
  switch (verdict) {
    case 'same':
      return grade === 'A'
        ? 'Same, grade A: everything was run again, bit for bit.'
        : grade === 'B'
          ? 'Same, grade B: run again with what the model answered by the record.'
          : 'Same, grade C: the model was asked again. Nothing is verified by that.';
    case 'nothing':
      return 'Nothing to replay: this record holds no verdict of rules.';
    case 'differs':
      return 'DIFFERS: the record is not what comes out.';
    case 'cannot':
      return 'Could not be replayed: something is missing. Nothing is said about it.';
  }
}

function reportText(report: ReplayReport, decision: Decision): string {
  const lines = report.steps.flatMap(({ name, state, note, got, expected }) => [
    `  ${marks[state]} ${name.padEnd(7)}  ${plain(note)}`,
    ...(got === undefined ? [] : [`      recorded:  ${plain(got)}`]),
    ...(expected === undefined ? [] : [`      run again: ${plain(expected)}`]),
  ]);
  return [
    headline(verdictOf(report), report.grade),
    ...lines,
    '',
    `${decision.kind} by ${decision.agent}, ${new Date(decision.time).toISOString()}`,
    `  at      ${plain(decision.task)}`,
    `  chose   ${plain(decision.choice)}`,
  ].join('\n');
}

function refuse(got: string, next: string): LichenError {
  return new LichenError('bad-input', 'It is not clear what to replay.', { got, next, retry: 'after-fix' });
}

type Blob = (sha256: string) => Promise<Uint8Array | undefined>;

async function replayOne(
  entry: Uint8Array,
  blob: Blob,
  about: Readonly<Record<string, unknown>>,
  { patienceMs, askAgain }: Pick<ReplayOptions, 'patienceMs' | 'askAgain'>,
): Promise<ReplayResult> {
  const decision = decodeDecision(entry);
  const thread = createReplayThread({ patienceMs, askAgain });
  try {
    const report = await thread.replay(entry, blob);
    const verdict = verdictOf(report);
    return {
      json: { ...about, verdict, ...report, decision },
      text: reportText(report, decision),
      exitCode: exitCodes[verdict],
    };
  } finally {
    await thread.close();
  }
}

/** The entry, found under the journal's signed head. */
async function entryOf({ vkey, read, name }: JournalSource, wanted: number): Promise<Uint8Array> {
  let found: Uint8Array | undefined;
  let isProven = false;
  const { size, findings } = await checkJournal({
    read: readWholeTiles(read),
    vkey,
    onEntry: (index, entry, _leafHash, about) => {
      if (index === wanted) [found, isProven] = [entry, about.isProven];
    },
  });
  // A fault elsewhere does not touch this entry; one of the head touches all.
  const isOfHead = findings.some(({ code }) => code.startsWith('checkpoint-'));
  const fault = findings.find(({ severity }) => severity === 'fault');
  if (found === undefined || !isProven || isOfHead) {
    throw new LichenError(
      fault === undefined ? 'not-found' : 'state-damaged',
      'That entry is not in the journal.',
      {
        got: `entry ${wanted} of ${name}${fault === undefined ? '' : `; ${fault.what}`}`,
        expected:
          size === 0 ? 'a journal with entries' : `an entry from 0 to ${size - 1} under its signed head`,
        retry: 'after-fix',
      },
    );
  }
  return found;
}

interface Totals {
  readonly A: number;
  readonly B: number;
  readonly C: number;
  readonly nothing: number;
  readonly differs: number;
  readonly cannot: number;
}

function blobsOf({ read }: JournalSource, { blobs }: ReplayOptions): Blob {
  return blobs === undefined ? (sha256) => read(`blob/${sha256}`) : blobsInFolder(blobs);
}

/** Keeps the last few: rules and model are the same for thousands of decisions. */
function remember(blob: Blob): Blob {
  const kept = new Map<string, Uint8Array>();
  return async (sha256) => {
    const bytes = kept.get(sha256) ?? (await blob(sha256));
    kept.delete(sha256);
    if (bytes !== undefined) kept.set(sha256, bytes);
    const [oldest] = kept.keys();
    if (kept.size > 16 && oldest !== undefined) kept.delete(oldest);
    return bytes;
  };
}

/** Findings that are listed one by one; the rest is counted. */
const mostListed = 50;

async function replayAll(source: JournalSource, options: ReplayOptions): Promise<ReplayResult> {
  const { read, vkey, name } = source;
  const { patienceMs, onProgress } = options;
  const blob = remember(blobsOf(source, options));
  const totals = { A: 0, B: 0, C: 0, nothing: 0, differs: 0, cannot: 0 };
  const listed: { index: number; verdict: ReplayVerdict; why: string }[] = [];
  const thread = createReplayThread({ patienceMs });
  const began = performance.now();
  let told = began;
  let count = 0;
  const list = (index: number, verdict: 'differs' | 'cannot', why: string) => {
    totals[verdict] += 1;
    if (listed.length < mostListed) listed.push({ index, verdict, why: plain(why) });
  };
  try {
    const { size, findings, isWhole } = await checkJournal({
      read: readWholeTiles(read),
      vkey,
      onEntry: async (index, entry, _leafHash, { decision }) => {
        count += 1;
        if (decision === undefined) return list(index, 'cannot', 'it is no decision');
        try {
          const report = await thread.replay(entry, blob);
          const verdict = verdictOf(report);
          if (verdict === 'same') totals[report.grade!] += 1;
          else if (verdict === 'nothing') totals.nothing += 1;
          else {
            const state = verdict === 'differs' ? 'failed' : 'skipped';
            const step = report.steps.find((one) => one.state === state);
            list(index, verdict, `${step?.name}: ${step?.note}`);
          }
        } catch (error) {
          if (!isLichenError(error) || error.code !== 'timeout') throw error;
          list(index, 'cannot', error.message.split('\n')[0]!);
        }
        const now = performance.now();
        if (now - told < 2_000) return;
        told = now;
        onProgress?.(`${count} decisions, ${Math.round((count * 1_000) / (now - began))} a second.`);
      },
    });
    const faults = findings.filter(({ severity }) => severity === 'fault');
    const seconds = (performance.now() - began) / 1_000;
    const isDifferent = totals.differs > 0 || !isWhole;
    return {
      json: {
        journal: name,
        size,
        isWhole,
        findings,
        totals: totals satisfies Totals,
        listed,
        seconds: Number(seconds.toFixed(3)),
      },
      text: [
        `${count} of ${size} decisions of ${name}, replayed in ${seconds.toFixed(1)} s.`,
        `  same, grade A: bit for bit           ${totals.A}`,
        `  same, grade B: the model's recorded  ${totals.B}`,
        `  nothing to replay                    ${totals.nothing}`,
        `  could not be replayed                ${totals.cannot}`,
        `  differ                               ${totals.differs}`,
        ...(listed.length === 0 ? [] : ['']),
        ...listed.map(
          ({ index, verdict, why }) => `  ${verdict === 'differs' ? '✗' : '–'} entry ${index}: ${why}`,
        ),
        ...(totals.differs + totals.cannot > listed.length
          ? [`  and ${totals.differs + totals.cannot - listed.length} more`]
          : []),
        ...(isWhole ? [] : ['', 'THE JOURNAL IS NOT WHOLE:']),
        ...faults.slice(0, mostListed).map(({ code, what }) => `  ✗ ${code}: ${plain(what)}`),
      ].join('\n'),
      exitCode: isDifferent ? 1 : totals.cannot > 0 ? 2 : 0,
    };
  } finally {
    await thread.close();
  }
}

/**
 * Replays one decision, from its receipt or out of a journal, or all decisions of a journal. Memory does not grow with the
 * journal.
 * @throws LichenError `bad-input`, `not-found`, `state-damaged`, `not-running`, and what reading throws
 */
export async function replayCommand(options: ReplayOptions): Promise<ReplayResult> {
  const { target, index, isAll = false, vkey, open } = options;
  if (isFile(target)) {
    if (index !== undefined || isAll)
      throw refuse('a receipt and an entry', 'A receipt holds one decision: name only it.');
    const { entry, origin, index: at } = openReceipt(target);
    const blob: Blob =
      options.blobs === undefined
        ? await open().then((client) => {
            const { read } = openNetworkJournal(client, origin);
            return (sha256: string) => read(`blob/${sha256}`);
          })
        : blobsInFolder(options.blobs);
    return replayOne(entry, blob, { receipt: target, journal: origin, index: at }, options);
  }
  if (isAll && options.askAgain !== undefined) {
    throw refuse(
      '--ask and --all',
      'Have the model asked again for one decision at a time: each answer costs.',
    );
  }
  if ((index === undefined) === !isAll) {
    throw refuse(
      isAll ? 'an entry and --all' : 'no entry',
      'Name a receipt that exists, or a journal with the number of an entry or --all.',
    );
  }
  const kept = journalFolderOf(target);
  const source = kept === undefined ? openNetworkJournal(await open(), target) : openFolder(kept, vkey);
  if (index === undefined) return replayAll(source, options);
  const about = { journal: source.name, index };
  return replayOne(await entryOf(source, index), blobsOf(source, options), about, options);
}
