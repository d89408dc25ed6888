import { bytesToHex } from '@noble/hashes/utils.js';
import { LichenError } from '../errors.ts';
import { type Checkpoint, openCheckpoint } from './checkpoint.ts';
import { checkWitnesses } from './checkWitnesses.ts';
import type { Decision } from './decision.ts';
import { decodeDecision } from './decodeDecision.ts';
import { type InclusionProofFile, parseInclusionProof } from './inclusionProofFile.ts';
import {
  entryHashOf,
  type Sha256,
  sameHash,
  sha256,
  verifyConsistency,
  verifyInclusion,
} from './merkleTree.ts';
import { blobHashOf } from './privateBlob.ts';
import { parseNote } from './signedNote.ts';
import type { TrustPolicy } from './trustPolicy.ts';

/** What is looked at, in this order; what follows a failure is still looked at where it can be. */
export const receiptChecks = [
  'receipt',
  'signature',
  'witnesses',
  'inclusion',
  'decision',
  'inputs',
  'anchor',
] as const;
export type ReceiptCheckName = (typeof receiptChecks)[number];

export interface ReceiptCheck {
  readonly name: ReceiptCheckName;
  /** `skipped` says that nothing was given to check it with: never the same as passed. */
  readonly state: 'passed' | 'failed' | 'skipped';
  /** What was found, in a sentence for people. */
  readonly detail: string;
}

export interface ReceiptReport {
  /** No check failed, and signature, witnesses, inclusion and decision passed. */
  readonly isValid: boolean;
  readonly checks: readonly ReceiptCheck[];
  readonly index: number | undefined;
  readonly checkpoint: Checkpoint | undefined;
  readonly decision: Decision | undefined;
  /** Leaf hash of the decision, 64 hex digits: what other decisions and the chain name it by. */
  readonly leafHash: string | undefined;
}

export interface ReceiptParameters {
  /** A `tlog-proof@v1`; its `extra` line may carry the entry itself. */
  readonly receipt: string;
  /** Bytes of the decision; those of the `extra` line when absent. */
  readonly entry?: Uint8Array;
  readonly policy: TrustPolicy;
  /** Bytes of inputs that the reader has, by SHA-256 (hex). */
  readonly blobs?: ReadonlyMap<string, Uint8Array>;
  /** Heads that the journal's writer anchored on a chain, as the reader read them there. */
  readonly anchors?: readonly { readonly size: number; readonly root: Uint8Array; readonly where: string }[];
  readonly hash?: Sha256;
}

function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\s*\n\s*/g, '; ');
}

/**
 * Checks a receipt with nothing but the receipt, the decision and whom the reader trusts: no network, no clock. Never
 * throws for a bad receipt; the report names what is wrong.
 */
export function verifyReceipt(parameters: ReceiptParameters): ReceiptReport {
  const { policy, blobs, anchors, hash = sha256 } = parameters;
  const checks: ReceiptCheck[] = [];
  const note = (name: ReceiptCheckName, state: ReceiptCheck['state'], detail: string) => {
    checks.push({ name, state, detail });
  };
  function attempt<Value>(name: ReceiptCheckName, work: () => Value): Value | undefined {
    try {
      return work();
    } catch (error) {
      note(name, 'failed', reasonOf(error));
      return undefined;
    }
  }

  const file: InclusionProofFile | undefined = attempt('receipt', () =>
    parseInclusionProof(parameters.receipt),
  );
  if (file !== undefined) note('receipt', 'passed', `entry ${file.index}, ${file.hashes.length} hashes`);
  const checkpoint =
    file &&
    attempt('signature', () => {
      const origin = parseNote(file.checkpoint).text.split('\n')[0];
      const log = policy.logs.find(({ key }) => key.name === origin);
      if (log === undefined) {
        throw new LichenError('bad-input', 'The policy does not know that journal.', {
          got: origin ?? 'no origin',
        });
      }
      return openCheckpoint(file.checkpoint, log.key);
    });
  if (checkpoint !== undefined) {
    note('signature', 'passed', `${checkpoint.origin} signed ${checkpoint.size} entries`);
    const { names, broken, isQuorum } = checkWitnesses(checkpoint, policy);
    if (broken.length > 0) note('witnesses', 'failed', `a signature of ${broken[0]!.name} does not verify`);
    else if (!isQuorum) {
      note(
        'witnesses',
        'failed',
        `signed by ${names.join(', ') || 'none of them'}, which is not the quorum ${policy.quorum}`,
      );
    } else if (policy.quorum === 'none') note('witnesses', 'passed', 'the policy asks for none');
    else note('witnesses', 'passed', `${names.join(', ')} saw this head`);
  }

  const entry = parameters.entry ?? file?.extra;
  const leaf = entry && entryHashOf(entry, hash);
  if (file !== undefined && checkpoint !== undefined && leaf !== undefined) {
    const isIn = verifyInclusion(leaf, file.index, checkpoint.size, file.hashes, checkpoint.root, hash);
    note(
      'inclusion',
      isIn ? 'passed' : 'failed',
      isIn
        ? `it is entry ${file.index} of ${checkpoint.size}`
        : 'the proof does not lead from this decision to the head',
    );
  } else if (leaf === undefined) note('inclusion', 'failed', 'the decision itself is missing');

  const decision = entry && attempt('decision', () => decodeDecision(entry));
  if (decision !== undefined) {
    note('decision', 'passed', `${decision.kind} ${decision.seq} of ${decision.agent}`);
    checkInputs(decision, blobs, note, hash);
  }
  if (anchors === undefined) note('anchor', 'skipped', 'no chain was asked');
  else if (file !== undefined && checkpoint !== undefined) {
    const { state, detail } = checkAnchors(file, checkpoint, anchors, hash);
    note('anchor', state, detail);
  }
  const passed = (name: ReceiptCheckName) =>
    checks.some((check) => check.name === name && check.state === 'passed');
  return {
    isValid:
      checks.every(({ state }) => state !== 'failed') &&
      (['receipt', 'signature', 'witnesses', 'inclusion', 'decision'] as const).every(passed),
    checks,
    index: file?.index,
    checkpoint,
    decision,
    leafHash: leaf && bytesToHex(leaf),
  };
}

/**
 * Looks for a head on the chain that vouches for the entry: the receipt's own, or one of another size to which the receipt
 * brings a proof. Of several, the smallest says most: the entry was there by then.
 */
function checkAnchors(
  { index, consistency = [] }: InclusionProofFile,
  checkpoint: Checkpoint,
  anchors: NonNullable<ReceiptParameters['anchors']>,
  hash: Sha256,
): Omit<ReceiptCheck, 'name'> {
  const { size, root } = checkpoint;
  let found: { readonly size: number; readonly detail: string } | undefined;
  for (const anchor of anchors) {
    if (anchor.size === size) {
      if (!sameHash(anchor.root, root)) {
        return { state: 'failed', detail: 'the chain has another root for a journal of this size' };
      }
      if (found === undefined || size < found.size) {
        found = { size, detail: `this head is on the chain: ${anchor.where}` };
      }
      continue;
    }
    const proof = consistency.find((item) => item.size === anchor.size);
    if (proof === undefined) continue;
    const isOlder = anchor.size < size;
    const [from, to] = isOlder ? [anchor, checkpoint] : [checkpoint, anchor];
    if (!verifyConsistency(from.size, to.size, proof.hashes, from.root, to.root, hash)) {
      return {
        state: 'failed',
        detail: `this head and the one of ${anchor.size} entries on the chain (${anchor.where}) are not of one journal, or the proof is damaged`,
      };
    }
    // An older head proves that history was not rewritten; only one behind the entry has the entry in it.
    if (anchor.size > index && (found === undefined || anchor.size < found.size)) {
      found = {
        size: anchor.size,
        detail: `a head of ${anchor.size} entries on the chain has it, by a proof that leads from this one: ${anchor.where}`,
      };
    }
  }
  return found === undefined
    ? {
        state: 'skipped',
        detail: 'no head on the chain that this receipt has a proof to is behind this entry',
      }
    : { state: 'passed', detail: found.detail };
}

function checkInputs(
  decision: Decision,
  blobs: ReadonlyMap<string, Uint8Array> | undefined,
  note: (name: ReceiptCheckName, state: ReceiptCheck['state'], detail: string) => void,
  hash: Sha256,
): void {
  const { inputs } = decision;
  const held = inputs.filter((input) => blobs?.has(input.sha256));
  const wrong = held.find((input) => blobHashOf(blobs!.get(input.sha256)!, hash) !== input.sha256);
  if (wrong !== undefined) note('inputs', 'failed', `${wrong.name} is not what the decision saw`);
  else if (inputs.length === 0) note('inputs', 'passed', 'it used none');
  else if (held.length === 0) note('inputs', 'skipped', `${inputs.length} inputs, none of them at hand`);
  else note('inputs', 'passed', `${held.length} of ${inputs.length} inputs are at hand and as recorded`);
}
