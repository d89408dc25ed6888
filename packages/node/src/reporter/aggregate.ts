import {
  type AnswerLeaf,
  answerFromInteger,
  leafHashOf,
  merkleRootOf,
  noEvidence,
  type QuestionSpec,
} from '@lichen/protocol';
import { type Hex, hexToBigInt, keccak256, toBytes, zeroHash } from 'viem';
import type { Observation } from './observation.ts';

/** A revealed set of observations, as its text. */
export interface Reveal {
  readonly reporter: number;
  readonly text: string;
  readonly observations: readonly Observation[];
}

/** The deterministic outcome of a round: same reveals, same bits. */
export interface Aggregate {
  /** In ascending order of question id. */
  readonly leaves: readonly AnswerLeaf[];
  readonly root: Hex;
  /** Content hash of all revealed texts, in reporter order. */
  readonly dataDigest: Hex;
}

const answered = 0;
const unresolved = 1;

function median(values: readonly bigint[]): bigint {
  const sorted = [...values].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  // The lower middle of an even count: an average would need a rounding rule.
  return sorted[(sorted.length - 1) >> 1]!;
}

function signedOf(word: Hex): bigint {
  return BigInt.asIntN(256, hexToBigInt(word));
}

/** Root over the sorted, distinct content hashes of the evidence that agrees with the answer. */
function evidenceRootOf(observations: readonly Observation[]): Hex {
  const hashes = [...new Set(observations.flatMap((observation) => observation.evidence))].sort();
  return hashes.length === 0 ? noEvidence : merkleRootOf(hashes);
}

function leafOf(
  question: { readonly id: Hex; readonly spec: QuestionSpec },
  observations: readonly Observation[],
  reporters: number,
): AnswerLeaf | undefined {
  const majority = Math.floor(reporters / 2) + 1;
  const basis = observations.length;
  const share = (count: number) => Math.floor((count * 10_000) / basis);
  const solved = observations.filter((observation) => observation.outcome === answered);
  const isMeasure = question.spec.kind === 2 && question.spec.modelId === zeroHash;
  if (isMeasure && solved.length >= majority) {
    const values = solved.map((observation) => signedOf(observation.answer));
    const middle = median(values);
    const sorted = [...values].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    const spread =
      sorted[Math.floor((3 * (sorted.length - 1)) / 4)]! - sorted[Math.floor((sorted.length - 1) / 4)]!;
    const range = question.spec.high - question.spec.low;
    // Confidence falls with the interquartile range, as a share of what the question allows.
    const scatter = range <= 0n ? 0 : Number((spread * 10_000n) / range);
    return {
      questionId: question.id,
      outcome: answered,
      answer: answerFromInteger(middle),
      confidenceBps: Math.max(0, share(solved.length) - scatter),
      evidenceRoot: evidenceRootOf(solved),
    };
  }
  const groups = new Map<string, Observation[]>();
  for (const observation of observations) {
    if (observation.outcome !== answered && observation.outcome !== unresolved) continue;
    const key = `${observation.outcome} ${observation.answer}`;
    groups.set(key, [...(groups.get(key) ?? []), observation]);
  }
  // A majority of the whole set, not of those who came: two reporters alone can never answer. It is unique by counting.
  const winners = [...groups.values()].find((group) => group.length >= majority);
  if (winners === undefined) return undefined;
  return {
    questionId: question.id,
    outcome: winners[0]!.outcome,
    answer: winners[0]!.answer,
    confidenceBps: share(winners.length),
    evidenceRoot: evidenceRootOf(winners),
  };
}

/**
 * Aggregates revealed observations: for choices and model outputs the value a majority of the whole set found, for measured
 * integers the median. Questions without one are left out and stay open for a later round.
 */
export function aggregate(
  questions: readonly { readonly id: Hex; readonly spec: QuestionSpec }[],
  reveals: readonly Reveal[],
  reporters: number,
): Aggregate {
  const ordered = [...reveals].sort((a, b) => a.reporter - b.reporter);
  const leaves = [...questions]
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .flatMap((question) => {
      const own = ordered.flatMap((reveal) => {
        const found = reveal.observations.find((observation) => observation.questionId === question.id);
        return found === undefined ? [] : [found];
      });
      const leaf = leafOf(question, own, reporters);
      return leaf === undefined ? [] : [leaf];
    });
  return {
    leaves,
    root: merkleRootOf(leaves.map(leafHashOf)),
    dataDigest: keccak256(toBytes(ordered.map((reveal) => keccak256(toBytes(reveal.text))).join(''))),
  };
}
