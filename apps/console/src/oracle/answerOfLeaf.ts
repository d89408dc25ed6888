import { flightTopic, outcomes } from '@lichen/protocol';
import type { Hex } from 'viem';
import { answerText, integerOfAnswer } from '../cover/answerText.ts';

/** An answer in words for flight questions, as a number for others. */
export function answerOfLeaf(topic: Hex, outcome: number, answer: Hex): string {
  const name = outcomes[outcome] ?? 'unresolved';
  if (name === 'unresolved') return 'Unresolved';
  if (name === 'too-early') return 'Too early to say';
  return topic.toLowerCase() === flightTopic ? answerText(name, answer) : `Value ${integerOfAnswer(answer)}`;
}
