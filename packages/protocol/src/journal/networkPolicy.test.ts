import { expect, test } from 'vitest';
import { journalKeyOf } from './checkpoint.ts';
import { witnessKeyOf } from './cosignature.ts';
import { networkPolicyOf, witnessQuorumOf } from './networkPolicy.ts';
import { signatureTypes } from './signedNote.ts';
import { isQuorum, parseTrustPolicy } from './trustPolicy.ts';

test('more than two thirds, by either key', () => {
  const operators = [1, 2, 3, 4, 5].map((at) => ({
    journal: journalKeyOf(`lichen.test/${at}`, new Uint8Array(32).fill(at)),
    witness: [signatureTypes.cosignatureEd25519, signatureTypes.cosignatureMlDsa44].map((type) =>
      witnessKeyOf({ name: `witness.test/${at}`, type, seed: new Uint8Array(32).fill(10 * at + type) }),
    ),
  }));
  const policy = parseTrustPolicy(networkPolicyOf(operators));
  expect(policy.logs.map(({ key }) => key.name)).toEqual([1, 2, 3, 4, 5].map((at) => `lichen.test/${at}`));
  expect(isQuorum(policy, new Set(['w1-1', 'w2-2', 'w3-1', 'w4-2']))).toBe(true);
  expect(isQuorum(policy, new Set(['w1-1', 'w1-2', 'w2-1', 'w2-2', 'w3-1', 'w3-2']))).toBe(false);
  expect([1, 2, 3, 4, 5, 6, 7, 31].map(witnessQuorumOf)).toEqual([1, 2, 3, 3, 4, 5, 5, 21]);

  // An agent writes a journal and witnesses none: it is read, and counts for no quorum.
  const agent = { journal: journalKeyOf('lichen.test/agent', new Uint8Array(32).fill(9)), witness: [] };
  const withAgent = parseTrustPolicy(networkPolicyOf([...operators, agent]));
  expect(withAgent.logs.at(-1)?.key.name).toBe('lichen.test/agent');
  expect(withAgent.witnesses).toEqual(policy.witnesses);
  expect(isQuorum(withAgent, new Set(['w1-1', 'w2-2', 'w3-1', 'w4-2']))).toBe(true);
});
