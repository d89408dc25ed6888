import { keccak256 } from 'viem';
import { expect, test } from 'vitest';
import { polledStatus } from './polledStatus.ts';
import type { FlightStatusSource } from './source.ts';

const query = { flightId: keccak256('0x01') };
const evidence = { url: 'https://example.org', fetchedAt: 0, bodyHash: keccak256('0x02') };
const landed = {
  status: { state: 'late', departureDelayMinutes: 0, arrivalDelayMinutes: 70, observedAt: 0 },
  answer: 'late',
  statement: undefined,
  flight: undefined,
  evidence,
} as const;

function counted(answer: FlightStatusSource['observe']) {
  const source = { asked: 0, name: 'one', observe: answer };
  return Object.assign(source, {
    observe: (asked: typeof query) => {
      source.asked += 1;
      return answer(asked);
    },
  });
}

test('a day of rounds about one flight takes some sixty requests, and the wait grows by a tenth at most', async () => {
  const clock = Object.assign(() => clock.now, { now: 0 });
  const source = counted(async () => landed);
  const polled = polledStatus(source, { everySeconds: 60, patienceMs: 10_000, clock });
  const asked: number[] = [];
  for (clock.now = 0; clock.now < 86_400; clock.now += 10) {
    const before = source.asked;
    await polled.observe(query);
    if (source.asked > before) asked.push(clock.now);
  }
  expect(asked.length).toBeGreaterThan(40);
  expect(asked.length).toBeLessThan(80);
  for (const [index, at] of asked.entries()) {
    if (index === 0) continue;
    const pause = at - asked[index - 1]!;
    expect(pause).toBeGreaterThanOrEqual(60);
    expect(pause).toBeLessThanOrEqual(Math.max(60, Math.min(3_600, asked[index - 1]! / 10) + 10));
  }
});

test('what comes after the patience is over is there for the next round, and is asked for once', async () => {
  const clock = Object.assign(() => clock.now, { now: 0 });
  const answer = Promise.withResolvers<typeof landed>();
  const source = counted(() => answer.promise);
  const kept: unknown[] = [];
  const polled = polledStatus(source, {
    everySeconds: 1,
    patienceMs: 5,
    clock,
    onEvidence: (item) => kept.push(item),
  });
  for (let round = 0; round < 3; round += 1) {
    clock.now += 2;
    await expect(polled.observe(query)).rejects.toMatchObject({ code: 'timeout' });
  }
  answer.resolve(landed);
  expect(await polled.observe(query)).toBe(landed);
  expect([source.asked, kept]).toEqual([1, [evidence]]);
});

test('the operator is told of each new way of failing, and of the recovery, not of each failure', async () => {
  const clock = Object.assign(() => clock.now, { now: 0 });
  const said: string[] = [];
  let failing = 'broken';
  const source = counted(async () => {
    if (failing !== '') throw new Error(failing);
    return landed;
  });
  const polled = polledStatus(source, {
    everySeconds: 1,
    patienceMs: 10_000,
    clock,
    onTrouble: (text) => said.push(text),
  });
  const rounds = async (count: number) => {
    for (let round = 0; round < count; round += 1) {
      clock.now += 60;
      await polled.observe(query).catch(() => undefined);
    }
  };
  await rounds(20);
  failing = '';
  await rounds(40);
  expect(said).toEqual(['one: failed in a way that nobody foresaw', 'one answers again.']);
});
