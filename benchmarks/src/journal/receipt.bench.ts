// Verifying a receipt with a journal's signature, four witnesses with two keys each (Ed25519 and ML-DSA-44), inclusion
// among a million and the decision's form. In Node; the console's system test measures it in the browser.
import {
  cosign,
  encodeDecision,
  entryHashOf,
  formatInclusionProof,
  journalKeyOf,
  networkPolicyOf,
  nodeHashOf,
  parseTrustPolicy,
  signatureLineOf,
  signatureTypes,
  signCheckpoint,
  verifyReceipt,
  witnessKeyOf,
} from '@lichen/protocol';
import { printAtMost } from '../support/printBar.ts';
import { sampleDecision } from './sampleDecision.ts';

const origin = 'lichen.test/bench';
const secretKey = new Uint8Array(32).fill(1);
const witnesses = [1, 2, 3, 4].map((at) =>
  [signatureTypes.cosignatureEd25519, signatureTypes.cosignatureMlDsa44].map((type) => ({
    name: `witness.test/${at}`,
    type,
    seed: new Uint8Array(32).fill(16 * at + type),
  })),
);
const policy = parseTrustPolicy(
  networkPolicyOf(
    witnesses.map((secrets, at) => ({
      journal: journalKeyOf(
        at === 0 ? origin : `lichen.test/${at}`,
        at === 0 ? secretKey : new Uint8Array(32).fill(99 - at),
      ),
      witness: secrets.map(witnessKeyOf),
    })),
  ),
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

const times: number[] = [];
for (let run = 0; run < 40; run += 1) {
  const from = performance.now();
  const report = verifyReceipt({ receipt, policy });
  times.push(performance.now() - from);
  if (!report.isValid) throw new Error(JSON.stringify(report.checks));
}
times.sort((a, b) => a - b);
printAtMost('verifying a receipt, 8 cosignatures, in Node', Number(times[20]!.toFixed(1)), 'ms', 50, {
  slowest: Number(times.at(-1)!.toFixed(1)),
  receiptBytes: receipt.length,
});
