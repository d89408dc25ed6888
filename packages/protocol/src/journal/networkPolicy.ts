import { type VerifierKey, vkeyTextOf } from './signedNote.ts';

/** Who writes a journal on a network, and the keys with which it witnesses those of the others: agents have none. */
export interface JournalWriter {
  readonly journal: VerifierKey;
  readonly witness: readonly VerifierKey[];
}

/** Operators of `count` that must have witnessed a head: more than two thirds. */
export function witnessQuorumOf(count: number): number {
  return Math.floor((2 * count) / 3) + 1;
}

/**
 * Text of the trust policy of a network in which every operator witnesses every journal: a head counts when more than two
 * thirds of the operators saw it, by either of their keys. https://c2sp.org/tlog-policy
 */
export function networkPolicyOf(writers: readonly JournalWriter[]): string {
  const lines = [
    '# Whom a reader of this network trusts: journals, and who has to have witnessed their heads.',
    ...writers.map(({ journal }) => `log ${vkeyTextOf(journal)}`),
  ];
  const operators = writers.filter(({ witness }) => witness.length > 0);
  for (const [at, { witness }] of operators.entries()) {
    const names = witness.map((_, kind) => `w${at + 1}-${kind + 1}`);
    lines.push(...witness.map((key, kind) => `witness ${names[kind]} ${vkeyTextOf(key)}`));
    lines.push(`group w${at + 1} any ${names.join(' ')}`);
  }
  const groups = operators.map((_, at) => `w${at + 1}`);
  lines.push(`group most ${witnessQuorumOf(operators.length)} ${groups.join(' ')}`, 'quorum most');
  return `${lines.join('\n')}\n`;
}
