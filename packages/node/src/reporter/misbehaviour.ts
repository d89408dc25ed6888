import { answerFromInteger, type OracleVerifier, type Report, reportDigest } from '@lichen/protocol';
import { hexToBigInt, keccak256, zeroHash } from 'viem';
import type { PrivateKeyAccount } from 'viem/accounts';
import type { Place } from './membership.ts';
import type { Observation } from './observation.ts';
import type { Question } from './participant.ts';
import { tellResult } from './roundResult.ts';

/** Ways in which a reporter can be told to break the rules, to see what the network does with a bad one. */
export const misbehaviours = ['equivocate', 'wrong-model'] as const;
export type Misbehaviour = (typeof misbehaviours)[number];

export interface Conduct {
  /** What this reporter says instead of what it found. */
  told(question: Question, found: Observation): Observation;
  /** Does what this reporter does once it has signed a round. */
  afterSigning(place: Place, report: Report): Promise<void>;
  /** Whether it speaks up against wrong answers: those who made them do not. */
  readonly disputes: boolean;
}

/** The conduct of a reporter; an honest one when nothing else is asked for. */
export function conductOf(
  misbehaviour: Misbehaviour | undefined,
  components: { readonly verifier: OracleVerifier; readonly account: PrivateKeyAccount },
): Conduct {
  const { verifier, account } = components;
  return {
    disputes: misbehaviour !== 'wrong-model',
    told: (question, found) => {
      if (misbehaviour !== 'wrong-model' || question.spec.modelId === zeroHash || found.outcome !== 0) {
        return found;
      }
      return { ...found, answer: answerFromInteger(BigInt.asIntN(256, hexToBigInt(found.answer)) + 1n) };
    },
    afterSigning: async (place, report) => {
      if (misbehaviour !== 'equivocate') return;
      const other: Report = { ...report, root: keccak256(report.root) };
      const signature = await account.sign({ hash: reportDigest(verifier, place.set.digest, other) });
      await tellResult(components, place, {
        report: other,
        signatures: [{ index: place.index, signature }],
        questions: [],
      });
    },
  };
}
