import { erc20AssetOf } from '@lichen/agent';
import type { RecordedDecision } from '@lichen/journal';
import type { MarketBody } from '@lichen/protocol';
import { amountOutOf, blobHashOf, checkJournal, type Decision } from '@lichen/protocol';
import { replayDecision } from '@lichen/sdk';
import { createLedger, type Ledger, readInput } from '../book/createLedger.ts';
import type { Book, FeedSeen, Portfolio } from '../book/seen.ts';
import type { BarSource } from '../feed/createBarFeed.ts';
import type { ReadJournalFile } from '../journal/journalReader.ts';
import { type Summary, summarize } from '../metrics/summarize.ts';
import { readSwapCall } from '../venue/swapCall.ts';

/** One thing that is wrong with a run, and where. */
export interface RunFinding {
  readonly code: string;
  readonly what: string;
  /** Position in the journal. */
  readonly index?: number;
}

export interface RunCheck {
  /** Entries of the journal, and those that the figures are of. */
  readonly size: number;
  readonly checked: number;
  readonly ledger: Ledger;
  readonly summary: Summary | undefined;
  readonly rules: Decision['rules'] | undefined;
  readonly agent: string | undefined;
  readonly replayed: { readonly asked: number; readonly gradeA: number };
  readonly findings: readonly RunFinding[];
}

export interface CheckRunInit {
  readonly read: ReadJournalFile;
  /** Key that the journal's heads must be signed with. */
  readonly vkey: string;
  /** The shipped record, for statements that claim to be from it. */
  readonly record?: BarSource;
  /** Decisions to run again, evenly spread: a number, or all of them. */
  readonly replay: number | 'all';
  /** True where nobody but this agent moves account and pool between its look and its act, as in a backtest. */
  readonly isAlone: boolean;
  /** Entries to look at; all when absent. */
  readonly upTo?: number;
  readonly onProgress?: (done: number, all: number) => void;
}

/** Blobs are read once each and must be what their names say. */
function createBlobs(read: ReadJournalFile) {
  const known = new Map<string, Uint8Array | undefined>();
  async function load(sha256: string): Promise<Uint8Array | undefined> {
    if (known.has(sha256)) return known.get(sha256);
    const bytes = await read(`blob/${sha256}`);
    const isRight = bytes !== undefined && blobHashOf(bytes) === sha256;
    known.set(sha256, isRight ? bytes : undefined);
    // Statements are large and seen by one decision only.
    if (known.size > 2_000) known.delete(known.keys().next().value!);
    return isRight ? bytes : undefined;
  }
  return { load, get: (sha256: string) => known.get(sha256) };
}

/**
 * Makes every figure of a run again from its journal alone, and checks on the way that the journal is whole, that each
 * decision saw the book that the journal gives, the money that its own orders left, and prices that agree with one another
 * and with the record, that each order filled as the pool's arithmetic says, and that the decisions, run again, come out
 * the same. What does not is a finding.
 */
export async function checkRun(init: CheckRunInit): Promise<RunCheck> {
  const { read, vkey, record, isAlone, onProgress } = init;
  const findings: RunFinding[] = [];
  const found = (code: string, what: string, index?: number) =>
    findings.push({ code, what, ...(index === undefined ? {} : { index }) });

  const entries: RecordedDecision[] = [];
  const journal = await checkJournal({
    read,
    vkey,
    onEntry: (index, _entry, leafHash, { decision }) => {
      if (decision !== undefined && index < (init.upTo ?? Number.POSITIVE_INFINITY))
        entries.push({ decision, index, leafHash });
    },
  });
  for (const { code, what, index, severity } of journal.findings) {
    if (severity === 'fault') found(code, what, index);
  }

  const blobs = createBlobs(read);
  const ledger = createLedger(blobs.get);
  const bars = new Map<string, string>();
  const stride =
    init.replay === 'all' ? 1 : Math.max(1, Math.ceil(entries.length / Math.max(1, init.replay)));
  const replayed = { asked: 0, gradeA: 0 };

  function checkStatement({ index, decision }: RecordedDecision, market: MarketBody): void {
    const feed = readInput<FeedSeen>(decision, 'feed', blobs.get);
    for (const bar of market.bars) {
      const line = bar.slice(1).join(' ');
      const before = bars.get(bar[0]);
      if (before !== undefined && before !== line) {
        found('statement-contradicts', `the closed day ${bar[0]} was told otherwise before`, index);
        return;
      }
      bars.set(bar[0], line);
    }
    if (feed?.signature !== 'recorded' || record === undefined) return;
    const today = record[market.index];
    const isSame =
      today?.[0] === market.day &&
      today[1] === market.open &&
      market.bars.every((bar, at) => {
        const recorded = record[market.index - market.bars.length + at];
        return recorded !== undefined && bar.every((field, position) => field === recorded[position]);
      });
    if (!isSame) found('statement-differs', `the record has another ${market.day}`, index);
  }

  function checkOwn({ index, decision }: RecordedDecision): void {
    const book = readInput<Book>(decision, 'book', blobs.get);
    if (book !== undefined && JSON.stringify(book) !== JSON.stringify(ledger.book())) {
      found('book-differs', 'the decision was shown another book than the journal gives', index);
    }
    const portfolio = readInput<Portfolio>(decision, 'portfolio', blobs.get);
    const expected = ledger.expected();
    if (!isAlone || portfolio === undefined || expected === undefined) return;
    if (BigInt(portfolio.cash) !== expected.cash || BigInt(portfolio.shares) !== expected.shares) {
      found(
        'portfolio-differs',
        `the account held ${portfolio.cash} and ${portfolio.shares}, its orders left ${expected.cash} and ${expected.shares}`,
        index,
      );
    }
  }

  const intents = new Map<string, RecordedDecision>();
  function checkFill({ index, decision }: RecordedDecision): void {
    const intent = intents.get(decision.refersTo ?? '');
    if (intent === undefined || decision.result?.status !== 'settled' || !isAlone) return;
    const calls = readInput<readonly { to: `0x${string}`; data: `0x${string}` }[]>(
      intent.decision,
      'calls',
      blobs.get,
    );
    const portfolio = readInput<Portfolio>(intent.decision, 'portfolio', blobs.get);
    if (calls?.length !== 1 || portfolio === undefined) {
      found('fill-unexplained', 'an order without its call', index);
      return;
    }
    const { amountIn, path } = readSwapCall(calls[0]!);
    const [from, to] = path;
    const buys = from?.toLowerCase() === portfolio.dollar.toLowerCase();
    const [dollar, share] = [portfolio.reserveDollar, portfolio.reserveShare].map(BigInt) as [bigint, bigint];
    const out = buys ? amountOutOf(amountIn, dollar, share) : amountOutOf(amountIn, share, dollar);
    const wanted = JSON.stringify([
      { amount: `-${amountIn}`, asset: erc20AssetOf(portfolio.chainId, from!) },
      { amount: `${out}`, asset: erc20AssetOf(portfolio.chainId, to!) },
    ]);
    const got = JSON.stringify(decision.amounts.map(({ amount, asset }) => ({ amount, asset })));
    if (wanted !== got) found('fill-differs', `the pool gives ${wanted}, the outcome says ${got}`, index);
  }

  async function replay({ index, decision }: RecordedDecision): Promise<void> {
    const isDecided =
      (decision.kind === 'intent' || decision.kind === 'refusal') &&
      decision.inputs.some(({ name }) => name === 'book');
    if (!isDecided || index % stride !== 0 || init.replay === 0) return;
    const report = await replayDecision({ decision, blob: blobs.load });
    const failed = report.steps.find(({ state }) => state === 'failed');
    // What the runtime refused before the rules were asked holds nothing to run again.
    if (report.grade === null && failed === undefined) return;
    replayed.asked += 1;
    if (report.isSame && report.grade === 'A') {
      replayed.gradeA += 1;
      return;
    }
    found('replay-differs', `run again: ${failed?.name ?? 'grade'} ${failed?.note ?? report.grade}`, index);
  }

  for (const recorded of entries) {
    const { decision, index, leafHash } = recorded;
    const missing: string[] = [];
    for (const { name, sha256 } of decision.inputs) {
      if ((await blobs.load(sha256)) === undefined) missing.push(name);
    }
    if (missing.length > 0) {
      found('blob-missing', `deleted or altered: ${missing.join(', ')}`, index);
      continue;
    }
    if (decision.kind === 'intent') intents.set(leafHash, recorded);
    if (decision.kind === 'outcome') checkFill(recorded);
    const market =
      decision.kind === 'outcome' ? undefined : readInput<MarketBody>(decision, 'market', blobs.get);
    if (market !== undefined) {
      checkStatement(recorded, market);
      checkOwn(recorded);
      await replay(recorded);
    }
    ledger.add(recorded);
    onProgress?.(index + 1, entries.length);
  }
  const last = entries.at(-1)?.decision;
  return {
    size: journal.size,
    checked: entries.length,
    ledger,
    summary: summarize(ledger),
    rules: last?.rules,
    agent: last?.agent,
    replayed,
    findings,
  };
}
