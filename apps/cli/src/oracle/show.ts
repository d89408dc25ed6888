import { flightAnswers, flightTopic, LichenError } from '@lichen/protocol';
import { getQuestion, getRound, type LichenClient, type Question } from '@lichen/sdk';
import { hexToBigInt } from 'viem';
import type { Answer } from '../cover/clientCommand.ts';
import { readId } from '../cover/readOptions.ts';
import { chainTimeText } from './rounds.ts';

/** What a question's answer says, in words where the topic is known. */
export function answerText(question: Pick<Question, 'spec' | 'answer'>): string {
  const { spec, answer } = question;
  if (answer === null) return 'no answer yet';
  if (answer.outcome !== 'answered') return answer.outcome;
  if (spec.kind === 3) return answer.value;
  const value = hexToBigInt(answer.value, { signed: true });
  return spec.topic === flightTopic ? (flightAnswers[Number(value)] ?? String(value)) : String(value);
}

/** A question in full sentences. */
function questionText(question: Question): string {
  const { spec, answer } = question;
  const lines = [
    `Question ${question.questionId}`,
    `  status       ${question.status}`,
    `  answer       ${answerText(question)}`,
    `  asked by     ${spec.asker}`,
    `  subject      ${spec.subject}`,
    `  opens at     ${chainTimeText(spec.opensAt)} UTC`,
    `  answer by    ${chainTimeText(spec.answerBy)} UTC`,
    `  liveness     ${spec.liveness} s from accepted to final`,
  ];
  if (answer !== null) {
    lines.push(
      `  accepted at  ${chainTimeText(answer.acceptedAt)} UTC, in round ${answer.round}`,
      `  signed by    reporters ${answer.signers.join(', ')}`,
      `  confidence   ${(answer.confidenceBps / 100).toFixed(2)} %`,
    );
  }
  return lines.join('\n');
}

/**
 * One round (by number) or one question (by id), as data and in words.
 * @throws LichenError `bad-input` for anything else, `not-found`.
 */
export async function showCommand(client: LichenClient, options: { readonly what: string }): Promise<Answer> {
  if (/^\d{1,12}$/.test(options.what)) {
    const round = await getRound(client, { round: Number(options.what) });
    const { accepted } = round;
    const text = [
      `Round ${accepted.round}`,
      `  observed     ${chainTimeText(accepted.observedFrom)} to ${chainTimeText(accepted.observedTo)} UTC`,
      `  signed by    reporters ${accepted.signers.join(', ')}`,
      `  root         ${accepted.root}`,
      `  transaction  ${accepted.transaction} in block ${accepted.block}`,
      round.data === null
        ? '  observations are no longer kept by the reporters'
        : '  observations and statements: add --json',
    ].join('\n');
    return { json: round, text };
  }
  if (!options.what.startsWith('0x')) {
    throw new LichenError('bad-input', 'That is neither a round nor a question.', {
      got: JSON.stringify(options.what.slice(0, 80)),
      expected: 'the number of a round, or the id of a question (0x and 64 hex digits)',
      next: 'List them with `lichen oracle rounds` or `lichen oracle questions`.',
      retry: 'after-fix',
    });
  }
  const question = await getQuestion(client, { questionId: readId('question', options.what) });
  return { json: question, text: questionText(question) };
}
