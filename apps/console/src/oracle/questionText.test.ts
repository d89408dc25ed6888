import { flightTopic } from '@lichen/protocol';
import type { Question } from '@lichen/sdk';
import { zeroHash } from 'viem';
import { expect, it } from 'vitest';
import { questionMark, questionText } from './questionText.ts';

const question = (status: Question['status'], acceptedAt?: number) =>
  ({
    status,
    spec: { topic: flightTopic, modelId: zeroHash, opensAt: 100, answerBy: 500, liveness: 3 },
    answer: acceptedAt === undefined ? null : { acceptedAt },
  }) as unknown as Question;

it('tells the states of a question apart', () => {
  const text = (of: Question, now: number) => questionMark(of, now).text;
  expect(text(question('pending'), 50)).toBe('Not open yet');
  expect(text(question('pending'), 100)).toBe('Pending');
  expect(text(question('accepted', 200), 202)).toBe('Accepted');
  expect(text(question('accepted', 200), 203)).toBe('Final');
  expect(text(question('disputed', 200), 10_000)).toBe('Disputed');
  expect(text(question('final', 200), 203)).toBe('Final');
});

it('says what was asked', () => {
  expect(questionText(question('pending'))).toBe('What became of this flight?');
  const ofModel = { spec: { ...question('pending').spec, topic: zeroHash, modelId: `0x${'1'.repeat(64)}` } };
  expect(questionText(ofModel as unknown as Question)).toBe('What does the model say?');
});
