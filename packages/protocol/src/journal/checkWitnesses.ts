import type { Checkpoint } from './checkpoint.ts';
import { verifyCosignatures } from './cosignature.ts';
import type { NoteSignature, SignedNote } from './signedNote.ts';
import { isQuorum, type TrustPolicy } from './trustPolicy.ts';

/** What the signatures of witnesses under a head are worth to a reader. */
export interface WitnessedHead {
  /** Witnesses whose signature verifies, by the policy's names. */
  readonly names: readonly string[];
  /** Signatures that claim a witness of the policy and do not verify. */
  readonly broken: readonly NoteSignature[];
  /** Signatures by nobody whom the policy knows; the journal's own key is not among them. */
  readonly unknown: readonly NoteSignature[];
  /** Whether `names` are enough for the policy. */
  readonly isQuorum: boolean;
}

/** Looks at the witnesses' signatures under a head with a reader's policy. */
export function checkWitnesses(
  checkpoint: Checkpoint & { readonly note: SignedNote },
  policy: TrustPolicy,
): WitnessedHead {
  const keys = policy.witnesses.map(({ key }) => key);
  const { valid, broken } = verifyCosignatures(checkpoint.note, checkpoint, keys);
  const names = policy.witnesses
    .filter(({ key }) => valid.some((item) => item.key === key))
    .map(({ name }) => name);
  const known = [...keys, ...policy.logs.map(({ key }) => key)];
  const unknown = checkpoint.note.signatures.filter(
    (item) => !known.some(({ name, id }) => name === item.name && id === item.id),
  );
  return { names, broken, unknown, isQuorum: isQuorum(policy, new Set(names)) };
}
