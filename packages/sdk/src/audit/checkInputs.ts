import { type Decision, type DecisionInput, isLichenError, type Sha256 } from '@lichen/protocol';
import type { Hex } from 'viem';
import { type BlobRead, type BlobSource, readBlob } from '../agents/readBlobs.ts';
import { replayDecision } from '../agents/replayDecision.ts';
import type { ReplayReport } from '../agents/replayReport.ts';
import type { AuditFindingTaker } from './auditFinding.ts';
import type { ChainReader, ChainReceipt } from './chainReader.ts';
import { createPool } from './createPool.ts';

/** Whether a signature by which an input is trusted is that of its signer; undefined where the scheme is not known. */
export type SignatureCheck = (input: DecisionInput, bytes: Uint8Array) => Promise<boolean | undefined>;

export interface InputCheckerInit {
  readonly chain: ChainReader;
  readonly chainId: number;
  readonly blob: BlobSource;
  readonly hash: Sha256 | undefined;
  readonly signature: SignatureCheck;
  readonly toleranceMs: number;
  readonly find: AuditFindingTaker;
  /** Runs a decision again elsewhere, one at a time; here when absent. */
  readonly replayOne: ((entry: Uint8Array, blob: BlobSource) => Promise<ReplayReport>) | undefined;
  /** Decisions at the same time. */
  readonly atOnce: number;
}

export interface ReplayCounts {
  A: number;
  B: number;
  C: number;
  failed: number;
  skipped: number;
}

export interface InputCounts {
  decisions: number;
  blobs: number;
  readings: number;
  signatures: number;
  /** Signatures of a scheme that is not known here. */
  unknownSignatures: number;
}

/** Looks at what decisions rest on, several decisions at a time. */
export interface InputChecker {
  readonly counts: InputCounts;
  readonly replays: ReplayCounts;
  /** Begins; waits while too much is under way. */
  check(
    index: number,
    entry: Uint8Array,
    decision: Decision,
    leafHash: string,
    what: { readonly inputs: boolean; readonly replay: boolean },
  ): Promise<void>;
  /** Everything that was begun has ended. */
  done(): Promise<void>;
}

/** Hashes of blobs that were looked at before and need no second look. */
const mostRemembered = 200_000;
/** Bytes of blobs that many decisions share: rules, models. */
const mostCached = 64;

type Place = { readonly index: number; readonly leafHash: string; readonly at: number };

export function createInputChecker(init: InputCheckerInit): InputChecker {
  const { chain, chainId, find, toleranceMs } = init;
  const counts: InputCounts = { decisions: 0, blobs: 0, readings: 0, signatures: 0, unknownSignatures: 0 };
  const replays: ReplayCounts = { A: 0, B: 0, C: 0, failed: 0, skipped: 0 };
  const looked = new Set<string>();
  const cached = new Map<string, Promise<Uint8Array | undefined>>();
  const pool = createPool(init.atOnce);
  let running = 0;
  let wake: (() => void) | undefined;
  let failure: unknown;
  let hasFailed = false;

  async function look(
    sha256: string,
    name: string,
    isPrivate: boolean,
    where: Place,
  ): Promise<BlobRead | undefined> {
    if (looked.has(sha256)) return undefined;
    if (looked.size < mostRemembered) looked.add(sha256);
    counts.blobs += 1;
    const read = await readBlob(init.blob, sha256);
    if (read.state === 'missing') {
      find({
        code: 'blob-missing',
        severity: isPrivate ? 'warning' : 'fault',
        what: `The bytes of ${JSON.stringify(name.slice(0, 120))} are not there${isPrivate ? ': they are private and may have been deleted' : ''}.`,
        where: { ...where, path: `blob/${sha256}` },
        expected: sha256,
      });
    } else if (read.state === 'damaged') {
      find({
        code: 'blob-altered',
        what: `The bytes of ${JSON.stringify(name.slice(0, 120))} are not those that were recorded.`,
        where: { ...where, path: `blob/${sha256}` },
        got: read.got,
        expected: sha256,
      });
    }
    return read;
  }

  /** An input that was read from the chain: its block is there and is not from the future, its log or receipt says the same. */
  async function checkReading(
    input: DecisionInput,
    bytes: Uint8Array | undefined,
    where: Place,
  ): Promise<void> {
    const { provenance, name } = input;
    if (provenance.by !== 'chain' || provenance.chainId !== chainId) return;
    counts.readings += 1;
    const { block, logIndex } = provenance;
    const untrue = (what: string, got: string, expected: string) =>
      find({
        code: 'input-untrue',
        what: `Input ${JSON.stringify(name.slice(0, 120))}: ${what}`,
        where: { ...where, block },
        got,
        expected,
      });
    const time = await chain.blockTime(block);
    if (time === undefined) {
      untrue('the chain has no such block.', `block ${block}`, 'a block of the chain');
      return;
    }
    if (time * 1_000 > input.at + toleranceMs) {
      untrue(
        'it was taken from a block that did not exist yet.',
        `read at ${input.at}`,
        `from ${time * 1_000} on`,
      );
    }
    const hash = /^transaction:(0x[0-9a-f]{64})$/.exec(input.uri)?.[1] as Hex | undefined;
    if (name === 'receipt' && hash !== undefined && bytes !== undefined && !input.isPrivate) {
      const difference = receiptDifference(bytes, await chain.receipt(hash));
      if (difference !== undefined)
        untrue('it is not the receipt of the transaction.', difference.got, difference.expected);
    } else if (logIndex !== null) {
      const receiptLogs = await chain.block(block).then(async (found) => {
        const hashes = found?.transactions.map(({ hash: each }) => each) ?? [];
        const receipts = await Promise.all(hashes.map((each) => chain.receipt(each)));
        return receipts.flatMap((receipt) => receipt?.logs ?? []);
      });
      if (!receiptLogs.some((log) => log.logIndex === logIndex)) {
        untrue('the block has no such log.', `log ${logIndex}`, `one of ${receiptLogs.length} logs`);
      }
    }
  }

  async function checkSignature(
    input: DecisionInput,
    bytes: Uint8Array,
    where: Place,
    kind: Decision['kind'],
  ): Promise<void> {
    if (input.provenance.by !== 'signature') return;
    const isValid = await init.signature(input, bytes);
    if (isValid === undefined) {
      counts.unknownSignatures += 1;
      return;
    }
    counts.signatures += 1;
    if (isValid) return;
    find({
      code: 'input-unsigned',
      // A refusal may be about just this.
      severity: kind === 'refusal' ? 'warning' : 'fault',
      what: `The signature of input ${JSON.stringify(input.name.slice(0, 120))} is not that of its source.`,
      where,
      got: input.provenance.signer.slice(0, 120),
    });
  }

  async function checkDecision(decision: Decision, where: Place): Promise<void> {
    counts.decisions += 1;
    const { inputs, rules, model } = decision;
    for (const input of inputs) {
      const read = await look(input.sha256, input.name, input.isPrivate, where);
      // A blob that was looked at before is read again only where its bytes are needed.
      const needed =
        input.provenance.by === 'signature' || (input.name === 'receipt' && input.provenance.by === 'chain');
      const again = read === undefined && needed ? await readBlob(init.blob, input.sha256) : read;
      const bytes = again?.state === 'found' ? again.bytes : undefined;
      await checkReading(input, bytes, where);
      if (bytes !== undefined) await checkSignature(input, bytes, where, decision.kind);
    }
    await look(rules.sha256, 'the rules', false, where);
    if (model === null) return;
    await look(model.input, 'what the model was given', false, where);
    await look(model.output, 'what the model answered', false, where);
  }

  /** Blobs for a replay; those that many decisions share are read once. */
  function blob(sha256: string): Promise<Uint8Array | undefined> {
    const kept = cached.get(sha256);
    if (kept !== undefined) {
      cached.delete(sha256);
      cached.set(sha256, kept);
      return kept;
    }
    const reading = init.blob(sha256);
    cached.set(sha256, reading);
    if (cached.size > mostCached) cached.delete(cached.keys().next().value!);
    return reading;
  }

  const oneByOne = createPool(1);
  async function replay(entry: Uint8Array, decision: Decision, where: Place): Promise<void> {
    let report: ReplayReport;
    try {
      const { replayOne } = init;
      report = await oneByOne(() =>
        replayOne === undefined ? replayDecision({ decision, blob }) : replayOne(entry, blob),
      );
    } catch (error) {
      if (!isLichenError(error) || error.code !== 'timeout') throw error;
      replays.failed += 1;
      find({ code: 'replay-differs', what: 'Running the decision again does not end.', where });
      return;
    }
    const { grade, isSame, steps } = report;
    const wrong = steps.find(({ state }) => state === 'failed');
    if (wrong !== undefined) {
      replays.failed += 1;
      find({
        code: 'replay-differs',
        what: `Running the decision again does not give the same. ${wrong.name}: ${wrong.note.slice(0, 300)}`,
        where,
        ...(wrong.got === undefined ? {} : { got: wrong.got.slice(0, 300) }),
        ...(wrong.expected === undefined ? {} : { expected: wrong.expected.slice(0, 300) }),
      });
    } else if (grade === null || !isSame) replays.skipped += 1;
    else replays[grade] += 1;
  }

  return {
    counts,
    replays,
    check: async (index, entry, decision, leafHash, what) => {
      if (hasFailed) throw failure;
      const where = { index, leafHash, at: decision.time };
      running += 1;
      pool(async () => {
        if (what.inputs) await checkDecision(decision, where);
        if (what.replay) await replay(entry, decision, where);
      })
        .catch((error: unknown) => {
          [hasFailed, failure] = [true, error];
        })
        .finally(() => {
          running -= 1;
          wake?.();
        });
      while (running >= init.atOnce * 2) await new Promise<void>((resolve) => (wake = resolve));
    },
    done: async () => {
      while (running > 0) await new Promise<void>((resolve) => (wake = resolve));
      if (hasFailed) throw failure;
    },
  };
}

/** What a recorded receipt says otherwise than the chain; undefined where they agree. */
function receiptDifference(
  bytes: Uint8Array,
  receipt: ChainReceipt | undefined,
): { readonly got: string; readonly expected: string } | undefined {
  if (receipt === undefined) return { got: 'a receipt', expected: 'no such transaction' };
  let recorded: Record<string, unknown>;
  try {
    recorded = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
  } catch {
    return { got: 'no JSON', expected: 'a receipt' };
  }
  const facts = (value: {
    block: unknown;
    blockHash: unknown;
    gasUsed: unknown;
    status: unknown;
    logs: unknown;
  }) =>
    JSON.stringify([
      value.block,
      String(value.blockHash).toLowerCase(),
      String(value.gasUsed),
      value.status,
      (Array.isArray(value.logs) ? value.logs : []).map((log: Record<string, unknown>) => [
        String(log.address).toLowerCase(),
        log.topics,
        log.data,
        log.logIndex,
      ]),
    ]);
  const got = facts(recorded as never);
  const expected = facts({
    block: receipt.block,
    blockHash: receipt.blockHash,
    gasUsed: String(receipt.gasUsed),
    status: receipt.isSuccess ? 'success' : 'reverted',
    logs: receipt.logs,
  });
  return got === expected ? undefined : { got: got.slice(0, 300), expected: expected.slice(0, 300) };
}
