import {
  answerFromInteger,
  decodeModel,
  type Flight,
  flightAnswers,
  flightOfInput,
  flightTopic,
  type IntegerModel,
  infer,
  LichenError,
  type QuestionSpec,
} from '@lichen/protocol';
import { type Hex, hexToBytes, keccak256, zeroHash } from 'viem';
import type { FlightObservation, FlightStatusSource } from '../sources/source.ts';
import { type Observation, statementToWire } from './observation.ts';

/** Chain seconds before `answerBy` at which a question without an answer is given up as UNRESOLVED. */
export const giveUpBefore = 30;

export interface ObserverComponents {
  readonly statusSources: readonly FlightStatusSource[];
  /** Sources of live flights: none where the network has none. */
  readonly liveSources?: readonly FlightStatusSource[];
  /** The flight behind an id, for sources that know no ids. */
  readonly flightOf: (flightId: Hex) => Promise<Flight | undefined>;
  /** Weights of a registered model by id, or undefined when unknown here. */
  readonly modelBlob: (modelId: Hex) => Promise<Uint8Array | undefined>;
  /** The chain's own run of a model, for models whose weights are not here. */
  readonly inferOnChain: (modelId: Hex, input: Hex) => Promise<bigint>;
  /** Input bytes by their keccak256. */
  readonly inputOf: (inputHash: Hex) => Hex | undefined;
}

/** Sources that must agree on an answer. */
const agreeing = 2;

function empty(questionId: Hex, spec: QuestionSpec, observedTo: number): Observation {
  // 1 = UNRESOLVED near the deadline, 2 = TOO_EARLY before.
  const outcome = observedTo >= spec.answerBy - giveUpBefore ? 1 : 2;
  return { questionId, outcome, answer: zeroHash, statements: [], evidence: [] };
}

/**
 * A question about a live flight names the flight's own bytes as its input, so input hash and flight id are equal. A
 * question about a recorded flight, as the cover asks it, names none: neither kind can be passed off as the other.
 */
function isLive(spec: QuestionSpec): boolean {
  return spec.inputHash === spec.subject;
}

async function observeFlight(
  components: ObserverComponents,
  questionId: Hex,
  spec: QuestionSpec,
  observedTo: number,
): Promise<Observation> {
  const base = empty(questionId, spec, observedTo);
  let sources = components.statusSources;
  let flight: Flight | undefined;
  if (isLive(spec)) {
    sources = components.liveSources ?? [];
    const input = components.inputOf(spec.inputHash);
    flight = input === undefined ? undefined : flightOfInput(input);
    // Whoever cannot look has nothing to say, not even UNRESOLVED: the question can be cancelled and its fee returns.
    if (sources.length === 0 || flight === undefined) return { ...base, outcome: 2 };
  } else {
    flight = await components.flightOf(spec.subject).catch(() => undefined);
  }
  const settled = await Promise.allSettled(
    sources.map((source) =>
      source.observe({ flightId: spec.subject, ...(flight === undefined ? {} : { flight }) }),
    ),
  );
  const heard = settled.flatMap((result, index) =>
    result.status === 'fulfilled' ? [{ name: sources[index]!.name, found: result.value }] : [],
  );
  // What became known after the round began would be seen by some reporters only: it waits for the next round.
  const inTime = heard.filter(
    ({ found }) => found.statement === undefined || found.statement.statement.observedAt <= observedTo,
  );
  const votes = new Map<string, { name: string; found: FlightObservation }[]>();
  for (const item of inTime) {
    if (item.found.answer === undefined) continue;
    votes.set(item.found.answer, [...(votes.get(item.found.answer) ?? []), item]);
  }
  const [agreed, runnerUp] = [...votes.entries()]
    .filter(([, items]) => items.length >= agreeing)
    .sort(([, left], [, right]) => right.length - left.length);
  // Two against two of four sources is no answer.
  const isAgreed = agreed !== undefined && agreed[1].length > (runnerUp?.[1].length ?? 0);
  return {
    ...base,
    ...(isAgreed
      ? {
          outcome: 0,
          answer: answerFromInteger(BigInt((flightAnswers as readonly string[]).indexOf(agreed[0]))),
        }
      : {}),
    statements: inTime.flatMap(({ name, found }) =>
      found.statement === undefined ? [] : [statementToWire(name, found.statement)],
    ),
    evidence: heard.map(({ found }) => found.evidence.bodyHash),
  };
}

const decoded = new Map<Hex, IntegerModel>();

/**
 * The output of a registered model: by our own integers when the weights are here, else by a call to the chain.
 * @throws LichenError `bad-input` when the input is not the one asked about or not of the model's shape
 */
export async function runRegisteredModel(
  components: Pick<ObserverComponents, 'modelBlob' | 'inferOnChain'>,
  modelId: Hex,
  inputHash: Hex,
  input: Hex,
): Promise<bigint> {
  if (keccak256(input) !== inputHash) {
    throw new LichenError('bad-input', 'That is not the input of the question.', {
      got: keccak256(input),
      expected: inputHash,
      retry: 'after-fix',
    });
  }
  let model = decoded.get(modelId);
  if (model === undefined) {
    const blob = await components.modelBlob(modelId);
    if (blob === undefined || keccak256(blob) !== modelId) return components.inferOnChain(modelId, input);
    model = decodeModel(blob);
    decoded.set(modelId, model);
  }
  return infer(model, hexToBytes(input));
}

/** Finds the answer to a question as of a chain second; never throws: what cannot be found is too early or unresolved. */
export async function observeQuestion(
  components: ObserverComponents,
  questionId: Hex,
  spec: QuestionSpec,
  observedTo: number,
): Promise<Observation> {
  const base = empty(questionId, spec, observedTo);
  try {
    if (spec.modelId !== zeroHash) {
      // A model question has one right answer that the chain can compute. Without the input it stays open until it is
      // cancelled: to call it UNRESOLVED would be a provably wrong answer as soon as somebody shows the input.
      const input = components.inputOf(spec.inputHash);
      if (input === undefined) return { ...base, outcome: 2 };
      const output = await runRegisteredModel(components, spec.modelId, spec.inputHash, input);
      if (output < spec.low || output > spec.high) return { ...base, outcome: 1 };
      return { ...base, outcome: 0, answer: answerFromInteger(output) };
    }
    if (spec.topic === flightTopic) return await observeFlight(components, questionId, spec, observedTo);
    return base;
  } catch {
    return spec.modelId === zeroHash ? base : { ...base, outcome: 2 };
  }
}
