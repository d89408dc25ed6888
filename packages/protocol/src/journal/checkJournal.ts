import { bytesToHex } from '@noble/hashes/utils.js';
import { isLichenError } from '../errors.ts';
import { type Checkpoint, openCheckpoint, parseCheckpointText } from './checkpoint.ts';
import { checkWitnesses } from './checkWitnesses.ts';
import type { Decision } from './decision.ts';
import { decodeDecision } from './decodeDecision.ts';
import { createFindings, type FindingTaker, type JournalFinding } from './journalFinding.ts';
import { nodeHashOf, type Sha256, sameHash, sha256, treeRootOf } from './merkleTree.ts';
import { parseNote, parseVkey } from './signedNote.ts';
import { bundleOf, tilePathOf, tileWidth } from './tiles.ts';
import type { TrustPolicy } from './trustPolicy.ts';
import { type LeafGroup, walkJournal } from './walkJournal.ts';

/** A head that a reader has from elsewhere: from a chain, from a witness, from an earlier visit. */
export interface KnownHead {
  readonly size: number;
  /** 32 bytes. */
  readonly root: Uint8Array;
  /** Where it is from, for the report: `block 7`. */
  readonly where: string;
}

/** What is known of an entry besides its bytes. */
export interface CheckedEntry {
  /** Undefined where it is no decision; that is a finding, too. */
  readonly decision: Decision | undefined;
  /** Whether the signed root covers exactly these bytes. */
  readonly isProven: boolean;
}

export interface CheckJournalParameters {
  /**
   * Bytes of a file of the journal – `checkpoint`, `tile/…` – or undefined where there is none. What it throws ends the
   * check: a network that is down is not the journal's fault.
   */
  readonly read: (path: string) => Promise<Uint8Array | undefined>;
  /** Key of the journal. */
  readonly vkey: string;
  /** Heads that must be a prefix of the journal. Read them before the journal: it grows meanwhile. */
  readonly anchors?: readonly KnownHead[];
  /** Whom the reader trusts; without it, no witness is looked at. */
  readonly policy?: TrustPolicy;
  /**
   * Told of every entry whose bytes are there, in order, in the same pass. `leafHash` is 64 hex digits. An entry that is
   * not the one that was signed is not handed on, except where nothing is proven (`isProven`).
   */
  readonly onEntry?: (
    index: number,
    entry: Uint8Array,
    leafHash: string,
    about: CheckedEntry,
  ) => void | Promise<void>;
  /** What entries are: `decisions` when absent; `any` looks at the tree only. */
  readonly entries?: 'decisions' | 'any';
  /** A faster SHA-256 than the one that runs everywhere, where the platform has it. */
  readonly hash?: Sha256;
  /** Findings after which the check stops; 256 when absent. */
  readonly mostFindings?: number;
}

export interface JournalReport {
  readonly origin: string | undefined;
  /** Entries under the signed head; 0 where there is none. */
  readonly size: number;
  /** 32 bytes, as the head says. */
  readonly root: Uint8Array;
  /** No fault: every file is what was signed, and nothing that the reader knows contradicts it. */
  readonly isWhole: boolean;
  /** In the order in which they were found. */
  readonly findings: readonly JournalFinding[];
  /** Witnesses of the policy whose signature under the head verifies. */
  readonly witnessedBy: readonly string[];
  /** The largest of `anchors` that the journal has as a prefix. */
  readonly anchored: KnownHead | undefined;
  /** Entries that the signed root covers and whose bytes are there. */
  readonly proven: number;
}

const checkpointPath = 'checkpoint';
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function messageOf(error: unknown): string {
  const got = isLichenError(error) ? error.got : undefined;
  return got ?? (error instanceof Error ? error.message : String(error));
}

interface OpenedHead {
  readonly head: Checkpoint | undefined;
  readonly witnessedBy: readonly string[];
}

/** The head, with findings about it. One that is not signed is gone on with, so that the files are looked at, too. */
function openHead(
  bytes: Uint8Array | undefined,
  { vkey, policy }: CheckJournalParameters,
  find: FindingTaker,
): OpenedHead {
  const nothing: OpenedHead = { head: undefined, witnessedBy: [] };
  const path = checkpointPath;
  if (bytes === undefined) {
    find({ code: 'checkpoint-missing', what: 'The journal has no signed head.', path });
    return nothing;
  }
  const key = parseVkey(vkey);
  let note: string;
  let claimed: Checkpoint;
  try {
    note = utf8.decode(bytes);
    claimed = parseCheckpointText(parseNote(note).text);
  } catch (error) {
    find({
      code: 'checkpoint-malformed',
      what: 'The head of the journal is no signed checkpoint.',
      path,
      got: messageOf(error),
    });
    return nothing;
  }
  if (claimed.origin !== key.name) {
    find({
      code: 'checkpoint-foreign',
      what: 'The head is of another journal.',
      path,
      got: claimed.origin,
      expected: key.name,
    });
    return { ...nothing, head: claimed };
  }
  let opened: ReturnType<typeof openCheckpoint>;
  try {
    opened = openCheckpoint(note, key);
  } catch (error) {
    find({
      code: 'checkpoint-unsigned',
      what: 'The journal’s key did not sign this head.',
      path,
      got: messageOf(error),
      expected: `a signature by ${key.name}+${key.id}`,
    });
    return { ...nothing, head: claimed };
  }
  if (policy === undefined) return { head: opened, witnessedBy: [] };
  if (!policy.logs.some((log) => log.key.name === key.name && log.key.id === key.id)) {
    find({
      code: 'checkpoint-untrusted',
      what: 'The policy does not know this journal’s key.',
      path,
      got: `${key.name}+${key.id}`,
    });
  }
  const { names, broken, unknown, isQuorum } = checkWitnesses(opened, policy);
  for (const { name, id } of broken) {
    find({
      code: 'cosignature-broken',
      what: 'A witness’s signature does not verify.',
      path,
      got: `${name}+${id}`,
    });
  }
  if (!isQuorum) {
    find({
      code: 'quorum-missing',
      what: 'Too few witnesses signed this head.',
      path,
      got: names.join(', ') || 'none',
      expected: `the quorum ${policy.quorum}`,
    });
  }
  for (const { name, id } of unknown) {
    find({
      code: 'cosignature-unknown',
      what: 'Somebody whom the policy does not know signed the head.',
      path,
      got: `${name}+${id}`,
    });
  }
  return { head: opened, witnessedBy: names };
}

/** Compares what is known of the journal from elsewhere with its tree, as the leaves go by. */
function createHeadChecker(
  known: readonly KnownHead[],
  size: number,
  find: FindingTaker,
  hash: Sha256,
): { readonly take: (group: LeafGroup) => void; readonly agreed: () => KnownHead | undefined } {
  const ahead = known.filter((head) => head.size > size);
  for (const head of ahead) {
    find({
      code: 'anchor-ahead',
      what: `The journal shows fewer entries than a head of it that is known: ${head.where}.`,
      path: checkpointPath,
      index: size,
      got: `${size} entries`,
      expected: `at least ${head.size}`,
    });
  }
  const left = known.filter((head) => head.size <= size).sort((a, b) => a.size - b.size);
  let agreed: KnownHead | undefined;
  function compare(head: KnownHead, root: Uint8Array): void {
    if (sameHash(root, head.root)) {
      agreed = head;
      return;
    }
    find({
      code: 'anchor-mismatch',
      what: `The journal’s first ${head.size} entries are not those of a head that is known: ${head.where}.`,
      path: checkpointPath,
      index: head.size - 1,
      got: bytesToHex(root),
      expected: bytesToHex(head.root),
    });
  }
  while (left[0]?.size === 0) compare(left.shift()!, hash(new Uint8Array(0)));

  /** Complete subtrees from the left, widest first; undefined once a leaf is unknown. */
  let subtrees: { readonly width: number; readonly root: Uint8Array }[] | undefined = [];
  function take({ first, leaves, root }: LeafGroup): void {
    if (subtrees === undefined) return;
    const known = leaves.filter((leaf) => leaf !== undefined);
    const whole = known.length === leaves.length;
    while (left[0] !== undefined && left[0].size <= first + leaves.length && whole) {
      const count = left[0].size - first;
      const right =
        root !== undefined && count === tileWidth ? root : rootOfLeaves(known.slice(0, count), hash);
      compare(
        left.shift()!,
        subtrees.reduceRight((node, subtree) => nodeHashOf(subtree.root, node, hash), right),
      );
    }
    if (left.length === 0 || leaves.length < tileWidth) return;
    if (!whole && root === undefined) {
      subtrees = undefined;
      return;
    }
    let last = { width: tileWidth, root: root ?? rootOfLeaves(known, hash) };
    while (subtrees.at(-1)?.width === last.width) {
      last = { width: last.width * 2, root: nodeHashOf(subtrees.pop()!.root, last.root, hash) };
    }
    subtrees.push(last);
  }
  return { take, agreed: () => agreed };
}

function rootOfLeaves(leaves: readonly Uint8Array[], hash: Sha256): Uint8Array {
  const read = (level: number, index: number): Uint8Array =>
    level === 0
      ? leaves[index]!
      : nodeHashOf(read(level - 1, index * 2), read(level - 1, index * 2 + 1), hash);
  return treeRootOf(read, leaves.length, hash);
}

/** Holds each decision against the one before it. */
function createDecisionChecker(size: number, find: FindingTaker) {
  let before: { readonly decision: Decision; readonly leafHash: string } | undefined;
  /** Whether the entry before this one was read and is a decision. */
  let isLinked = true;
  return {
    /** An entry that is not there, or not the one that was signed. */
    skip: () => {
      isLinked = false;
    },
    take: (index: number, entry: Uint8Array, leafHash: string): Decision | undefined => {
      const path = tilePathOf(bundleOf(index, size));
      let decision: Decision;
      try {
        decision = decodeDecision(entry);
      } catch (error) {
        find({
          code: 'decision-malformed',
          what: `Entry ${index} is no decision.`,
          path,
          index,
          got: messageOf(error),
          expected: 'version 1 of docs/spec/decision.md',
        });
        isLinked = false;
        return undefined;
      }
      if (isLinked) {
        const seq = before === undefined ? 0 : before.decision.seq + 1;
        const previous = before?.leafHash ?? null;
        if (decision.seq !== seq) {
          find({
            code: 'sequence-broken',
            what: `Entry ${index} does not count on from the decision before it.`,
            path,
            index,
            got: `seq ${decision.seq}`,
            expected: `seq ${seq}`,
          });
        }
        if (decision.previous !== previous) {
          find({
            code: 'previous-broken',
            what: `Entry ${index} does not name the decision before it.`,
            path,
            index,
            got: String(decision.previous),
            expected: String(previous),
          });
        }
      }
      if (before !== undefined && decision.agent !== before.decision.agent) {
        find({
          code: 'agent-changed',
          what: `From entry ${index} on, another agent decides.`,
          path,
          index,
          got: decision.agent,
          expected: before.decision.agent,
        });
      }
      if (before !== undefined && decision.time < before.decision.time) {
        find({
          code: 'time-backwards',
          what: `Entry ${index} is older than the decision before it: the clock was set back.`,
          path,
          index,
          got: String(decision.time),
          expected: `at least ${before.decision.time}`,
        });
      }
      before = { decision, leafHash };
      isLinked = true;
      return decision;
    },
  };
}

/**
 * Checks a whole journal: its head, witnesses, every tile and every entry, each decision's place in the chain of decisions,
 * and the heads that the reader knows from elsewhere. One pass, a few files in memory at a time. Never throws for a
 * bad journal: it names what is wrong and where.
 * @throws LichenError `bad-input` for a vkey that is none; whatever `read` and `onEntry` throw
 * @example
 * const report = await checkJournal({ read, vkey, policy, anchors });
 * if (!report.isWhole) console.log(report.findings.map(({ what, path }) => `${path}: ${what}`));
 */
export async function checkJournal(parameters: CheckJournalParameters): Promise<JournalReport> {
  const { read, anchors = [], onEntry, hash = sha256, entries: kind = 'decisions' } = parameters;
  parseVkey(parameters.vkey);
  const { list, find } = createFindings(parameters.mostFindings ?? 256);
  const { head, witnessedBy } = openHead(await read(checkpointPath), parameters, find);
  const size = head?.size ?? 0;
  const root = head?.root ?? hash(new Uint8Array(0));
  const heads = createHeadChecker(anchors, size, find, hash);
  const decisions = createDecisionChecker(size, find);
  let proven = 0;
  if (head !== undefined) {
    for await (const group of walkJournal({ read, size, root, hash, find })) {
      heads.take(group);
      for (const [at, { bytes, leaf, isProven, isAltered }] of group.entries.entries()) {
        if (isProven) proven += 1;
        if (bytes === undefined || leaf === undefined || isAltered) {
          decisions.skip();
          continue;
        }
        const index = group.first + at;
        const leafHash = bytesToHex(leaf);
        const decision = kind === 'decisions' ? decisions.take(index, bytes, leafHash) : undefined;
        await onEntry?.(index, bytes, leafHash, { decision, isProven });
      }
      if (list.at(-1)?.code === 'stopped') break;
    }
  }
  return {
    origin: head?.origin,
    size,
    root,
    isWhole: list.every(({ severity }) => severity !== 'fault'),
    findings: list,
    witnessedBy,
    anchored: heads.agreed(),
    proven,
  };
}
