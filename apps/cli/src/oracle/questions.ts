import { type LichenClient, listQuestions } from '@lichen/sdk';
import type { Answer } from '../cover/clientCommand.ts';
import { tableText } from '../cover/table.ts';
import { chainTimeText } from './rounds.ts';
import { answerText } from './show.ts';

/** The newest questions as data and as a table with their whole ids, as other commands need them. */
export async function questionsCommand(
  client: LichenClient,
  options: { readonly limit: number },
): Promise<Answer> {
  const questions = await listQuestions(client, { limit: options.limit });
  if (questions.length === 0) return { json: { questions }, text: 'No question has been asked yet.' };
  const text = tableText(
    [{ title: 'Question' }, { title: 'Opens, UTC' }, { title: 'Status and answer' }],
    questions.map((question) => [
      question.questionId,
      // The day is the same for all in practice and the id takes most of the line.
      chainTimeText(question.spec.opensAt).slice(11),
      question.answer === null ? question.status : `${question.status}, ${answerText(question)}`,
    ]),
  );
  return { json: { questions }, text };
}
