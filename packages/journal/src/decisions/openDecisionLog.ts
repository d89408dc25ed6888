import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import {
  type Decision,
  decodeDecision,
  encodeDecision,
  entryHashOf,
  LichenError,
  longestEntry,
  saltLength,
  sealPrivate,
} from '@lichen/protocol';
import { type BlobStore, openBlobStore } from '../blobs/blobStore.ts';
import { type Journal, type JournalInit, openJournal } from '../journal/openJournal.ts';
import { platformSha256 as sha256 } from '../platformSha256.ts';
import { readSnapshot, writeSnapshot } from './decisionSnapshot.ts';

/** A decision as its author writes it: what the log itself knows is filled in. */
export type DecisionDraft = Omit<Decision, 'v' | 'agent' | 'seq' | 'previous' | 'time' | 'zone'> & {
  /** Unix milliseconds at which it was decided, where that is not now: what the rules were told is what is recorded. */
  readonly time?: number;
};

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
  /** Decisions after which a snapshot is written, from which the next start goes on; 4,096 when absent. */
  readonly snapshotEvery?: number;
}

/** The journal of one agent, with what its decisions refer to. */
export interface DecisionLog {
  readonly journal: Journal;
  readonly blobs: BlobStore;
  /**
   * Records a decision and resolves when it is on the disk, after everything kept before it. Decisions are chained in the
   * order of the calls; those of one moment share a wait.
   * @throws LichenError `bad-input` for a decision that a reader would refuse, `disk-full`
   */
  record(draft: DecisionDraft): Promise<RecordedDecision>;
  /**
   * Keeps bytes that a decision refers to; a private blob gets a salt of its own. Returns the hash to record. The bytes are on
   * the disk before the next decision is, all of one decision's together.
   */
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
/** Decisions that are encoded before the first of them is written. */
const mostTogether = 256;

interface Waiting {
  readonly draft: DecisionDraft;
  readonly resolve: (recorded: RecordedDecision) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Opens an agent's journal and goes on where it stopped.
 * @throws LichenError as `openJournal`; `bad-input` when an entry of it is no decision
 */
export async function openDecisionLog(init: DecisionLogInit): Promise<DecisionLog> {
  const clock = init.clock ?? Date.now;
  const zone = init.zone ?? 'UTC';
  const snapshotEvery = init.snapshotEvery ?? 4_096;
  const snapshotPath = join(init.folder, 'decisions.snapshot');
  const journal = await openJournal(init);
  const blobs = openBlobStore(join(init.folder, 'blobs'));
  /** Leaf hashes of intents that have no outcome yet, with their index. */
  const open = new Map<string, number>();
  let seq = 0;
  let lastRecorded: RecordedDecision | undefined;
  /** Entries that the snapshot on the disk knows of. */
  let snapshotSize = 0;

  function settle({ decision, leafHash, index }: RecordedDecision): void {
    if (decision.kind === 'intent') open.set(leafHash, index);
    const isEnd = decision.kind === 'outcome' && decision.result !== null;
    // An outcome that is not certain leaves its intent open.
    if (isEnd && decision.refersTo !== null && /settled|failed/.test(decision.result.status)) {
      open.delete(decision.refersTo);
    }
  }

  function take(recorded: RecordedDecision): void {
    seq = recorded.decision.seq + 1;
    lastRecorded = recorded;
    settle(recorded);
  }

  function recordedAt(index: number): RecordedDecision {
    const entry = journal.entry(index);
    return { decision: decodeDecision(entry), index, leafHash: hexOf(journal.leafHashAt(index)) };
  }

  /** Entries that need not be read: a snapshot knows them, and the journal's own tree says that it is of them. */
  function fromSnapshot(): number {
    const found = readSnapshot(snapshotPath, init.secretKey);
    if (found === undefined || found.origin !== journal.origin) return 0;
    if (found.size === 0 || found.size > journal.size()) return 0;
    if (found.root !== hexOf(journal.rootAt(found.size))) return 0;
    for (const [leafHash, index] of found.open) open.set(leafHash, index);
    seq = found.seq;
    lastRecorded = recordedAt(found.size - 1);
    return found.size;
  }

  try {
    snapshotSize = fromSnapshot();
    for (let index = snapshotSize; index < journal.size(); index += 1) take(recordedAt(index));
  } catch (error) {
    await journal.close().catch(() => undefined);
    throw error;
  }

  /** Only a convenience of the next start: what goes wrong here must not be in anybody's way. */
  let snapshotting: Promise<void> = Promise.resolve();
  function takeSnapshot(atLeast: number): void {
    const size = lastRecorded === undefined ? 0 : lastRecorded.index + 1;
    if (size - snapshotSize < atLeast) return;
    snapshotSize = size;
    const [seqThen, openThen] = [seq, [...open]];
    snapshotting = snapshotting
      .then(() => {
        const root = hexOf(journal.rootAt(size));
        const snapshot = { origin: journal.origin, size, root, seq: seqThen, open: openThen };
        return writeSnapshot(snapshotPath, snapshot, init.secretKey);
      })
      .catch((error: unknown) => init.onError?.(error));
  }

  interface Encoded {
    readonly waiting: Waiting;
    readonly decision: Decision;
    readonly bytes: Uint8Array;
  }

  /** Bytes of decisions that go on from the last one on the disk; a draft that no reader would take is refused alone. */
  function encode(drafts: readonly Waiting[]): Encoded[] {
    const encoded: Encoded[] = [];
    let previous = lastRecorded?.leafHash ?? null;
    for (const waiting of drafts) {
      const { draft, reject } = waiting;
      try {
        const decision: Decision = {
          ...draft,
          v: 1,
          agent: init.agent,
          seq: seq + encoded.length,
          previous,
          time: draft.time ?? clock(),
          zone,
        };
        const bytes = encodeDecision(decision);
        decodeDecision(bytes);
        if (bytes.length > longestEntry) {
          throw new LichenError('bad-input', 'A decision is too long for a journal.', {
            got: `${bytes.length} bytes`,
            expected: `at most ${longestEntry}; keep large parts beside it, by their hash`,
            retry: 'after-fix',
          });
        }
        previous = hexOf(entryHashOf(bytes, sha256));
        encoded.push({ waiting, decision, bytes });
      } catch (error) {
        reject(error);
      }
    }
    return encoded;
  }

  async function append(encoded: readonly Encoded[]): Promise<void> {
    const appended = await blobs
      .sync()
      .then(() => Promise.allSettled(journal.appendInOrder(encoded.map(({ bytes }) => bytes))))
      .catch((reason: unknown) => encoded.map(() => ({ status: 'rejected', reason }) as const));
    for (const [at, { waiting, decision }] of encoded.entries()) {
      const result = appended[at]!;
      if (result.status === 'rejected') {
        waiting.reject(result.reason);
        continue;
      }
      const { index, leafHash } = result.value;
      const recorded = { decision, index, leafHash: hexOf(leafHash) };
      take(recorded);
      waiting.resolve(recorded);
    }
    takeSnapshot(snapshotEvery);
  }

  const queue: Waiting[] = [];
  let recording: Promise<void> = Promise.resolve();
  let isRecording = false;
  async function recordAll(): Promise<void> {
    // What is recorded in one turn of the loop goes together.
    await undefined;
    while (queue.length > 0) {
      const encoded = encode(queue.splice(0, mostTogether));
      if (encoded.length > 0) await append(encoded);
    }
    // In the same moment as the look at the queue: whoever comes after starts again.
    isRecording = false;
  }

  takeSnapshot(snapshotEvery);
  return {
    journal,
    blobs,
    record: (draft) =>
      new Promise((resolve, reject) => {
        queue.push({ draft, resolve, reject });
        if (isRecording) return;
        isRecording = true;
        recording = recordAll();
      }),
    keep: (bytes, { isPrivate = false } = {}) =>
      blobs.stage(isPrivate ? sealPrivate(bytes, randomBytes(saltLength)) : bytes),
    last: () => lastRecorded,
    *since(index) {
      for (let at = index; at < journal.size(); at += 1) yield recordedAt(at);
    },
    openIntents: () => [...open.values()].sort((a, b) => a - b).map(recordedAt),
    close: async () => {
      try {
        await recording;
        await blobs.sync();
        takeSnapshot(1);
        await snapshotting;
      } finally {
        await journal.close();
      }
    },
  };
}
