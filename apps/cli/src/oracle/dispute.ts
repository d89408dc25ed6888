import { flightTopic, LichenError } from '@lichen/protocol';
import {
  collectStatements,
  disputeEvidence,
  disputeModel,
  getChainTime,
  getQuestion,
  type LichenClient,
  type Question,
  type ResolvedDispute,
  resolveEvidence,
} from '@lichen/sdk';
import { type Hex, hexToBytes, zeroHash } from 'viem';
import type { Answer } from '../cover/clientCommand.ts';
import { spanText } from '../cover/timeText.ts';
import { answerText } from './show.ts';

export interface DisputeOptions {
  readonly questionId: Hex;
  /** Input of the model, for questions whose answer is a model's output. */
  readonly input?: Hex;
  readonly onProgress: (line: string) => void;
}

function resolvedText(resolved: ResolvedDispute, question: Question): string {
  const answer = answerText({
    spec: question.spec,
    answer:
      question.answer === null
        ? null
        : { ...question.answer, outcome: resolved.outcome, value: resolved.value },
  });
  const slashed =
    resolved.slashed.length === 0
      ? 'Nobody was slashed'
      : `Slashed: reporters ${resolved.slashed.join(', ')}`;
  return [
    resolved.overturned
      ? `Overturned. The answer is now: ${answer}.`
      : `Upheld. The answer stays: ${answer}.`,
    `${slashed}.`,
    `  transaction  ${resolved.hash}`,
    `  gas          ${resolved.gasUsed}`,
  ].join('\n');
}

async function disputeByModel(
  client: LichenClient,
  question: Question,
  input: Hex | undefined,
): Promise<Answer> {
  if (input === undefined) {
    throw new LichenError('bad-input', 'This question is answered by a model: its input is needed.', {
      expected: '--input 0x… with one byte per input of the model',
      next: 'Add --input with the bytes that were asked about.',
      retry: 'after-fix',
    });
  }
  const resolved = await disputeModel(client, { spec: question.spec, input: hexToBytes(input) });
  return { json: { rung: 'model', ...resolved }, text: resolvedText(resolved, question) };
}

/** Opens a dispute, waits until both sides had their time, and resolves it. */
async function disputeByEvidence(
  client: LichenClient,
  question: Question,
  onProgress: (line: string) => void,
): Promise<Answer> {
  const statements = await collectStatements(client, { flightId: question.spec.subject });
  if (statements.length === 0) {
    throw new LichenError('source-unavailable', 'No source gives a signed statement about this flight now.', {
      got: `0 of ${client.config.sources.length} sources`,
      next: 'Try again when a source answers; `lichen status` shows which of them run.',
      retry: 'later',
    });
  }
  const opened = await disputeEvidence(client, { spec: question.spec, statements });
  const wait = opened.defendBy - (await getChainTime(client));
  onProgress(
    `Dispute opened with ${statements.length} signed statements. Both sides may add more for ${spanText(Math.max(0, wait))}.`,
  );
  while ((await getChainTime(client)) < opened.defendBy) {
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  const resolved = await resolveEvidence(client, { spec: question.spec });
  return {
    json: { rung: 'evidence', opened, statements, ...resolved },
    text: resolvedText(resolved, question),
  };
}

/**
 * Disputes an accepted answer on the rung that fits the question: the chain runs the model, or signed statements of
 * the sources decide.
 * @throws LichenError `not-found`, `bad-input`, `source-unavailable`, and the contract's reasons.
 */
export async function disputeCommand(client: LichenClient, options: DisputeOptions): Promise<Answer> {
  const question = await getQuestion(client, { questionId: options.questionId });
  if (question.spec.modelId !== zeroHash) return disputeByModel(client, question, options.input);
  if (question.spec.topic === flightTopic) return disputeByEvidence(client, question, options.onProgress);
  throw new LichenError('bad-input', 'This command disputes questions about flights and about models only.', {
    got: `topic ${question.spec.topic}`,
    next: 'Use disputeEvidence of the SDK with statements of the sources for this topic.',
  });
}
