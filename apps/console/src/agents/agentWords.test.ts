import { expect, it } from 'vitest';
import { journalNumberOf, reasonOf, stateMark } from './agentWords.ts';

it('has a word for every state, and says when it has none', () => {
  expect(['running', 'paused', 'starting', 'failed'].map((state) => stateMark(state).text)).toEqual([
    'Running',
    'Paused',
    'Starting',
    'Failed',
  ]);
  expect(stateMark('__proto__')).toEqual({ tone: 'calm', text: 'Not known' });
});

it('finds the journal of an agent', () => {
  const journals = ['a', 'b'].map(
    (origin) => ({ origin, writer: '0x', vkey: '', witness: [], path: '' }) as const,
  );
  expect(journalNumberOf({ journals }, 'b')).toBe(2);
  expect(journalNumberOf({ journals }, 'c')).toBeUndefined();
});

it('records a reason as one bounded line', () => {
  expect(reasonOf('  the market\n\n is closed ')).toBe('the market is closed');
  expect(reasonOf('a'.repeat(500))).toHaveLength(200);
  expect(reasonOf(' \n ')).toBe('');
});
