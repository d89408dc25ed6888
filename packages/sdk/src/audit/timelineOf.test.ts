import type { Decision } from '@lichen/protocol';
import { expect, test } from 'vitest';
import { createJournalMemory } from './journalMemory.ts';
import { timelineOf } from './timelineOf.ts';

function memoryOf(times: readonly (readonly [number, Decision['kind'], string?])[]) {
  const memory = createJournalMemory('a', 1, () => undefined);
  for (const [index, [time, kind, choice = 'hold']] of times.entries()) {
    const decision = { agent: 'a', time, kind, choice, inputs: [], checks: [], act: null, model: null };
    memory.take(
      index,
      { ...decision, result: null, refersTo: null, amounts: [] } as unknown as Decision,
      `${index}`,
    );
  }
  return memory;
}

test('nothing is no picture', () => {
  expect(timelineOf(memoryOf([]), [], [])).toBeUndefined();
});

test('every decision is in one step, more than memory begins with', () => {
  const count = 10_000;
  const memory = memoryOf(
    Array.from({ length: count }, (_, at) => [1_000 + at, at % 2 === 0 ? 'intent' : 'refusal'] as const),
  );
  const timeline = timelineOf(memory, [], [])!;
  expect([timeline.from, timeline.to, timeline.steps.length]).toEqual([1_000, 1_000 + count - 1, 120]);
  const sum = timeline.steps.reduce(
    (total, { intents, refusals, others }) => total + intents + refusals + others,
    0,
  );
  expect(sum).toBe(count);
});

test('dates that no calendar knows do not stretch the picture; a pause that holds lasts to the end', () => {
  const timeline = timelineOf(
    memoryOf([
      [1_000, 'refusal'],
      [Number.MAX_SAFE_INTEGER, 'refusal'],
      [1_500, 'pause', 'pause'],
      [2_000, 'refusal'],
    ]),
    [],
    [],
  )!;
  expect([timeline.from, timeline.to]).toEqual([1_000, 2_000]);
  expect(timeline.pauses).toEqual([{ from: 1_500, to: 2_000 }]);
});
