import {
  cosign,
  encodeDecision,
  entryHashOf,
  formatInclusionProof,
  journalKeyOf,
  networkPolicyOf,
  nodeHashOf,
  signatureLineOf,
  signatureTypes,
  signCheckpoint,
  witnessKeyOf,
} from '@lichen/protocol';
import { sampleDecision } from './sampleDecision.ts';

/** A receipt and the text of a trust policy by which it holds. */
export interface SampleReceipt {
  readonly receipt: string;
  readonly policy: string;
}

/**
 * A receipt with a journal's signature, four witnesses with two keys each (Ed25519 and ML-DSA-44), an inclusion proof among
 * a million entries, and the decision itself.
 */
export function sampleReceipt(): SampleReceipt {
  const origin = 'lichen.test/bench';
  const secretKey = new Uint8Array(32).fill(1);
  const witnesses = [1, 2, 3, 4].map((at) =>
    [signatureTypes.cosignatureEd25519, signatureTypes.cosignatureMlDsa44].map((type) => ({
      name: `witness.test/${at}`,
      type,
      seed: new Uint8Array(32).fill(16 * at + type),
    })),
  );
  const policy = networkPolicyOf(
    witnesses.map((secrets, at) => ({
      journal: journalKeyOf(
        at === 0 ? origin : `lichen.test/${at}`,
        at === 0 ? secretKey : new Uint8Array(32).fill(99 - at),
      ),
      witness: secrets.map(witnessKeyOf),
    })),
  );
  const entry = encodeDecision({
    ...sampleDecision(1),
    v: 1,
    agent: 'eip155:31338:0x00000000000000000000000000000000000000aa',
    seq: 0,
    previous: null,
    time: 1_700_000_000_000,
    zone: 'UTC',
  });
  // The first of 2^20 entries: every sibling is on the right, so any twenty hashes make a tree.
  const hashes = Array.from({ length: 20 }, (_, at) => new Uint8Array(32).fill(at));
  const root = hashes.reduce((left, right) => nodeHashOf(left, right), entryHashOf(entry));
  const checkpoint = { origin, size: 2 ** 20, root };
  const lines = witnesses.flat().map((secret) => signatureLineOf(cosign(secret, checkpoint, 1_700_000_000)));
  const receipt = formatInclusionProof({
    index: 0,
    hashes,
    checkpoint: signCheckpoint(checkpoint, secretKey) + lines.join(''),
    extra: entry,
  });
  return { receipt, policy };
}
