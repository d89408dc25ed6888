import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createGate } from './gate.ts';

test('work alone waits for shared work, and shared work for it', async () => {
  const gate = createGate();
  const order: string[] = [];
  let finish: () => void = () => {};
  const first = gate.shared(async () => {
    order.push('shared starts');
    await new Promise<void>((resolve) => {
      finish = resolve;
    });
    order.push('shared ends');
  });
  const alone = gate.alone(async () => {
    order.push('alone starts');
    await nextTurn();
    order.push('alone ends');
  });
  const second = gate.alone(async () => order.push('alone again'));
  const late = gate.shared(async () => order.push('late'));
  await nextTurn();
  expect(order).toEqual(['shared starts']);
  finish();
  await Promise.all([first, alone, second, late]);
  expect(order).toEqual([
    'shared starts',
    'shared ends',
    'alone starts',
    'alone ends',
    'alone again',
    'late',
  ]);
});

test('work that fails does not close the gate for ever', async () => {
  const gate = createGate();
  await expect(gate.alone(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  await expect(gate.shared(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await gate.shared(async () => 'open')).toBe('open');
  expect(await gate.alone(async () => 'open')).toBe('open');
});
