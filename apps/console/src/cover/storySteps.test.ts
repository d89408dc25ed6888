import { expect, it } from 'vitest';
import type { CoverStory } from './readCoverStory.ts';
import { storySteps } from './storySteps.ts';

const value = (answer: number) => `0x${answer.toString(16).padStart(64, '0')}` as const;

function storyOf(change: {
  state?: CoverStory['policy']['state'];
  answer?: { value: `0x${string}`; outcome?: 'answered' | 'unresolved' };
  statements?: number;
  status?: CoverStory['question']['status'];
  disputes?: readonly (boolean | null)[];
}): CoverStory {
  const { state = 'live', answer } = change;
  return {
    boughtAt: 50,
    policy: {
      state,
      payout: 200_000_000n,
      parts: { premium: 31_500_000n },
      flight: { departsAt: 100, arrivesAt: 200 },
    },
    question: {
      status: change.status ?? (answer === undefined ? 'pending' : 'accepted'),
      spec: { liveness: 3 },
      answer:
        answer === undefined
          ? null
          : { outcome: 'answered', acceptedAt: 210, round: 7, signers: [0, 1, 2, 4], ...answer },
    },
    disputes: (change.disputes ?? []).map((overturned) => ({ overturned })),
    status: { state: 'airborne', departureDelayMinutes: 20, arrivalDelayMinutes: null, observedAt: 150 },
    statements: Array.from({ length: change.statements ?? 0 }, () => ({ statement: { value: 1n } })),
    payment: state === 'live' ? null : { at: 214, transaction: value(1) },
  } as unknown as CoverStory;
}

const current = (story: CoverStory, now: number) =>
  storySteps(story, now).find((step) => step.progress === 'now')?.name;

it('moves one station at a time', () => {
  expect(current(storyOf({}), 60)).toBe('Departs');
  expect(current(storyOf({}), 150)).toBe('Scheduled arrival');
  expect(current(storyOf({}), 205)).toBe('Sources speak');
  expect(current(storyOf({ statements: 3 }), 208)).toBe('Answer accepted');
  expect(current(storyOf({ statements: 3, answer: { value: value(1) } }), 211)).toBe('Answer final');
  expect(current(storyOf({ statements: 3, answer: { value: value(1) } }), 213)).toBe('Paid');
  expect(
    current(storyOf({ statements: 3, answer: { value: value(1) }, state: 'paid' }), 220),
  ).toBeUndefined();
});

it('tells how it ended', () => {
  const ends = (['paid', 'closed', 'refunded'] as const).map((state) => {
    const { name, text, at } = storySteps(
      storyOf({ state, statements: 3, answer: { value: value(1) } }),
      220,
    ).at(-1)!;
    return `${at} ${name}: ${text}`;
  });
  expect(ends).toEqual([
    '214 Paid: 200.00 pUSD arrived in your balance',
    '214 Ended: The flight was in time, so nothing is paid',
    '214 Premium returned: 31.50 pUSD came back to your balance',
  ]);
});

it('names the answer and who signed it', () => {
  const steps = storySteps(storyOf({ statements: 3, answer: { value: value(1) } }), 211);
  expect(steps[3]!.text).toBe('3 signed statements: landed late');
  expect(steps[4]!.text).toBe('Landed late, signed by 4 reporters in round 7');
  expect(steps[5]!.text).toBe('Can be disputed for 0:02 more');
});

it('keeps later stations open when the chain is ahead of the sources', () => {
  const steps = storySteps(storyOf({ answer: { value: value(0), outcome: 'unresolved' } }), 211);
  expect(steps[4]!.text).toContain('No majority');
});

it('says of a final answer whether it was disputed, and how that ended', () => {
  const final = (disputes: readonly (boolean | null)[]) =>
    storySteps(storyOf({ statements: 3, answer: { value: value(1) }, state: 'paid', disputes }), 220)[5]!
      .text;
  expect([final([]), final([false]), final([false, true])]).toEqual([
    'Nobody disputed it in time',
    'It was disputed, and the answer stood',
    'It was disputed, and the answer was changed',
  ]);
});

it('does not call an answer final while a dispute is open, however late it is', () => {
  const story = storyOf({ statements: 3, answer: { value: value(1) }, status: 'disputed', disputes: [null] });
  expect(current(story, 10_000)).toBe('Answer final');
  expect(storySteps(story, 10_000)[5]!.text).toBe('Disputed: the dispute is settled first');
});

it('does not claim an answer where none came', () => {
  const steps = storySteps(storyOf({ state: 'refunded' }), 10_000);
  expect([steps[4]!.text, steps[5]!.text]).toEqual([
    'No answer came before the deadline',
    'There was nothing to dispute',
  ]);
});
