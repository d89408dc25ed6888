import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type Decision, decodeDecision, encodeDecision, saltLength, sealPrivate } from '@lichen/protocol';
import { type BlobStore, openBlobStore } from '../blobs/blobStore.ts';
import { type Journal, type JournalInit, openJournal } from '../journal/openJournal.ts';

/** A decision as its author writes it: what the log itself knows is filled in. */
export type DecisionDraft = Omit<Decision, 'v' | 'agent' | 'seq' | 'previous' | 'time' | 'zone'>;

/** A decision that is on the disk. */
export interface RecordedDecision {
  readonly decision: Decision;
  readonly index: number;
  /** Its name: leaf hash, 64 hex digits. */
  readonly leafHash: string;
}

export interface DecisionLogInit extends JournalInit {
  /** CAIP-10 id of who decides. */
  readonly agent: string;
  /** IANA time zone that it reasons in; UTC when absent. */
  readonly zone?: string;
  /** Unix milliseconds. An input like any other: a replay sets it. */
  readonly clock?: () => number;
}

/** The journal of one agent, with what its decisions refer to. */
export interface DecisionLog {
  readonly journal: Journal;
  readonly blobs: BlobStore;
  /**
   * Records a decision and resolves when it is on the disk. Decisions are chained in the order of the calls.
   * @throws LichenError `bad-input` for a decision that a reader would refuse, `disk-full`
   */
  record(draft: DecisionDraft): Promise<RecordedDecision>;
  /** Keeps bytes that a decision refers to; a private blob gets a salt of its own. Returns the hash to record. */
  keep(bytes: Uint8Array, options?: { readonly isPrivate?: boolean }): string;
  /** The last decision on the disk. */
  last(): RecordedDecision | undefined;
  /** Decisions from an index on, oldest first. */
  since(index: number): Generator<RecordedDecision>;
  /** Intents without an outcome: what a crash left open. Oldest first. */
  openIntents(): RecordedDecision[];
  close(): Promise<void>;
}

const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

/**
 * Opens an agent's journal and goes on where it stopped.
 * @throws LichenError as `openJournal`; `bad-input` when an entry of it is no decision
 */
export async function openDecisionLog(init: DecisionLogInit): Promise<DecisionLog> {
  const clock = init.clock ?? Date.now;
  const zone = init.zone ?? 'UTC';
  const journal = await openJournal(init);
  const blobs = openBlobStore(join(init.folder, 'blobs'));
  /** Leaf hashes of intents that have no outcome yet, with their index. */
  const open = new Map<string, number>();
  let previous: string | null = null;
  let seq = 0;
  let lastRecorded: RecordedDecision | undefined;

  function settle({ decision, leafHash, index }: RecordedDecision): void {
    if (decision.kind === 'intent') open.set(leafHash, index);
    const isEnd = decision.kind === 'outcome' && decision.result !== null;
    // An outcome that is not certain leaves its intent open.
    if (isEnd && decision.refersTo !== null && /settled|failed/.test(decision.result.status)) {
      open.delete(decision.refersTo);
    }
  }

  function recordedAt(index: number): RecordedDecision {
    const entry = journal.entry(index);
    return { decision: decodeDecision(entry), index, leafHash: hexOf(journal.leafHashAt(index)) };
  }

  try {
    for (let index = 0; index < journal.size(); index += 1) {
      lastRecorded = recordedAt(index);
      settle(lastRecorded);
      previous = lastRecorded.leafHash;
      seq = lastRecorded.decision.seq + 1;
    }
  } catch (error) {
    await journal.close().catch(() => undefined);
    throw error;
  }

  /** One at a time: each decision names the one before. */
  let turn: Promise<unknown> = Promise.resolve();
  async function append(draft: DecisionDraft): Promise<RecordedDecision> {
    const decision: Decision = { ...draft, v: 1, agent: init.agent, seq, previous, time: clock(), zone };
    const bytes = encodeDecision(decision);
    // What a reader would refuse must not be written.
    decodeDecision(bytes);
    const { index, leafHash } = await journal.append(bytes);
    const recorded = { decision, index, leafHash: hexOf(leafHash) };
    previous = recorded.leafHash;
    seq += 1;
    lastRecorded = recorded;
    settle(recorded);
    return recorded;
  }

  return {
    journal,
    blobs,
    record: (draft) => {
      const next = turn.then(() => append(draft));
      turn = next.catch(() => undefined);
      return next;
    },
    keep: (bytes, { isPrivate = false } = {}) =>
      blobs.put(isPrivate ? sealPrivate(bytes, randomBytes(saltLength)) : bytes),
    last: () => lastRecorded,
    *since(index) {
      for (let at = index; at < journal.size(); at += 1) yield recordedAt(at);
    },
    openIntents: () => [...open.values()].sort((a, b) => a - b).map(recordedAt),
    close: async () => {
      await turn;
      await journal.close();
    },
  };
}
