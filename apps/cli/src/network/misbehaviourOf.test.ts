import { expect, test } from 'vitest';
import { misbehaviourOf, misbehaviourText } from './misbehaviourOf.ts';

test('reporters and manners are joined, the last one counts', () => {
  const first = misbehaviourOf('2=equivocate');
  const both = misbehaviourOf('3=wrong-model', first);
  expect([...both]).toEqual([
    [2, 'equivocate'],
    [3, 'wrong-model'],
  ]);
  expect([...misbehaviourOf('2=wrong-model', both)]).toEqual([
    [2, 'wrong-model'],
    [3, 'wrong-model'],
  ]);
  expect(first.size).toBe(1);
});

test.each([
  '0=equivocate',
  '6=equivocate',
  '2=steal',
  '2',
  'equivocate',
  '2=',
  '2=equivocate,3=equivocate',
  '12=equivocate',
])('%s is refused with what is expected', (text) => {
  expect(() => misbehaviourOf(text)).toThrow(
    'It must be a reporter from 1 to 5 and a manner (equivocate or wrong-model), like 2=equivocate.',
  );
});

test('the screen names the liar and the flag that made it one', () => {
  expect(misbehaviourText(misbehaviourOf('4=equivocate'))).toEqual([
    'reporter-4 signs two reports for one round (--misbehave)',
  ]);
  expect(misbehaviourText([])).toEqual([]);
});
