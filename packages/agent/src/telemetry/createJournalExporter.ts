import { platformSha256 } from '@lichen/journal';
import { checkJournal, type Decision, LichenError, openCheckpoint, parseVkey } from '@lichen/protocol';
import { findJournal, journalReaderOf, type LichenClient, listDecisions } from '@lichen/sdk';
import { type ExportedSpans, type ExportSpansInit, exportSpans } from './exportSpans.ts';
import type { ExportedDecision } from './spansOf.ts';

export interface JournalExporterInit extends Omit<ExportSpansInit, 'timeOf'> {
  readonly client: LichenClient;
  /** Origin, writer or number of the journal. */
  readonly journal: string;
  /** First entry to export, counted from 0; 0 when absent. */
  readonly since?: number;
}

export interface JournalExporter {
  /**
   * Exports what is under the journal's head and was not exported yet. After an error it goes on behind what the collector
   * took.
   * @throws LichenError as `exportSpans`; `internal` for a journal that contradicts its own head, `not-found`,
   * `not-running`, `source-unavailable`
   */
  exportNew(): Promise<ExportedSpans>;
  /** Entry that is next. */
  next(): number;
}

/** Decisions that one call of `listDecisions` gives at most. */
const mostListed = 256;

/**
 * Exports a journal's decisions as spans, from its public files alone: of any journal, its writer's agent need not run.
 * @throws LichenError `not-found`
 */
export function createJournalExporter(init: JournalExporterInit): JournalExporter {
  const { client } = init;
  const journal = findJournal(client, init.journal);
  let next = init.since ?? 0;
  let hasReadAll = false;
  /** When intents without a certain outcome were recorded: their outcomes' spans begin there. */
  const times = new Map<string, number>();
  const spansInit: ExportSpansInit = {
    ...init,
    agentName: init.agentName ?? journal.origin,
    timeOf: (leafHash) => times.get(leafHash),
  };

  function remember({ decision, leafHash }: ExportedDecision): void {
    if (decision.kind === 'intent') times.set(leafHash, decision.time);
  }
  function forget({ refersTo, result }: Decision): void {
    const isCertain = result?.status === 'settled' || result?.status === 'failed';
    if (isCertain && refersTo !== null) times.delete(refersTo);
  }

  const total = { decisions: 0, spans: 0 };
  async function send(batch: readonly ExportedDecision[]): Promise<void> {
    const { decisions, spans } = await exportSpans(batch, spansInit);
    total.decisions += decisions;
    total.spans += spans;
    next = batch.at(-1)!.index + 1;
    for (const { decision } of batch) forget(decision);
  }

  const read = journalReaderOf(client, journal);

  /** The signed head; undefined while there is none. */
  async function readHead(): Promise<{ readonly bytes: Uint8Array; readonly size: number } | undefined> {
    const bytes = await read('checkpoint');
    if (bytes === undefined) return undefined;
    const { size } = openCheckpoint(new TextDecoder().decode(bytes), parseVkey(journal.vkey));
    return { bytes, size };
  }

  /** The whole journal under a head, checked. Only what the head proves is exported. */
  async function readAll(head: Uint8Array): Promise<void> {
    let batch: ExportedDecision[] = [];
    const { findings, proven, size } = await checkJournal({
      read: async (path) => (path === 'checkpoint' ? head : read(path)),
      vkey: journal.vkey,
      hash: platformSha256,
      onEntry: async (index, _, leafHash, { decision, isProven }) => {
        if (decision === undefined || !isProven) return;
        const recorded = { decision, index, leafHash };
        remember(recorded);
        if (index < next) {
          forget(decision);
          return;
        }
        batch.push(recorded);
        if (batch.length < mostListed) return;
        const full = batch;
        batch = [];
        await send(full);
      },
    });
    if (batch.length > 0) await send(batch);
    if (proven < size) {
      const [first] = findings.filter(({ severity }) => severity === 'fault');
      throw new LichenError('internal', 'The journal contradicts its own signed head.', {
        got: `${proven} entries proven${first === undefined ? '' : `; ${first.path}: ${first.what}`}`,
        expected: `${size}, as ${journal.origin} signed`,
        next: 'Audit the journal. What was exported is what its head proves.',
      });
    }
    // Entries that are no decisions are passed over.
    next = Math.max(next, size);
    hasReadAll = true;
  }

  async function exportNew(): Promise<ExportedSpans> {
    total.decisions = 0;
    total.spans = 0;
    const head = await readHead();
    if (head === undefined || head.size <= next) return { ...total };
    if (hasReadAll && head.size - next <= mostListed) {
      // Under a later head than this one, perhaps: what is listed is checked against that.
      const listed = await listDecisions(client, { journal: journal.origin, limit: mostListed });
      const fresh = listed.filter(({ index }) => index >= next).reverse();
      if (fresh[0]?.index === next) {
        for (const recorded of fresh) remember(recorded);
        await send(fresh);
        return { ...total };
      }
    }
    await readAll(head.bytes);
    return { ...total };
  }

  return { exportNew, next: () => next };
}
