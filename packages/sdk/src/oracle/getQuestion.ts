import { LichenError } from '@lichen/protocol';
import type { Hex } from 'viem';
import type { LichenClient } from '../client/createLichenClient.ts';
import { listQuestions, type Question } from './listQuestions.ts';

/**
 * One question by its id.
 * @throws LichenError `not-found` when it was never asked, `chain-unreachable`, `timeout`.
 */
export async function getQuestion(
  client: LichenClient,
  parameters: { readonly questionId: Hex },
): Promise<Question> {
  const [question] = await listQuestions(client, parameters);
  if (question !== undefined) return question;
  throw new LichenError('not-found', 'There is no such question.', {
    got: parameters.questionId,
    next: 'List the questions with `lichen oracle questions`.',
    retry: 'after-fix',
  });
}
