import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  type FakeBehaviour,
  fakeActor,
  openBench,
  settled,
  type TestBench,
  unknown,
  wish,
} from './fakeActor.fixture.ts';
import type { Agent, AgentInit, AgentModel } from './types.ts';

let bench: TestBench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.end());

const model = (ask: () => Promise<string>): AgentModel => ({
  kind: 'language',
  id: 'test:one',
  settings: '',
  ask,
});

/** Every wait of a step, as something that pauses in the middle of it. */
const moments: Readonly<
  Record<string, (during: () => Promise<void>) => [FakeBehaviour, Partial<AgentInit>]>
> = {
  observation: (during) => [{}, { observe: () => during().then(() => wish()) }],
  model: (during) => [
    {},
    { model: model(() => during().then(() => 'yes')), observe: async () => wish({ ask: 'Buy?' }) },
  ],
  simulation: (during) => [{ prepare: during }, {}],
  'intent on the disk': (during) => [
    {},
    { onPoint: (point) => (point === 'intent-recorded' ? during() : undefined) },
  ],
  anchor: (during) => [{}, { beforeAct: during }],
  'before the signature': (during) => [{ beforeSigning: during }, {}],
  'after the signature': (during) => [{ outcome: () => during().then(() => settled) }, {}],
  outcome: (during) => [{}, { onPoint: (point) => (point === 'acted' ? during() : undefined) }],
};

for (const [moment, at] of Object.entries(moments)) {
  test(`a pause during the ${moment}: once it is there, nothing more is signed`, async () => {
    let agent!: Agent;
    let pausing: Promise<void> | undefined;
    let signedAtPause = -1;
    const [behaviour, change] = at(async () => {
      pausing ??= agent.pause('the owner says so').then(() => {
        signedAtPause = actor.signed.length;
      });
      await sleep(5);
    });
    const actor = fakeActor(behaviour);
    agent = await bench.open(actor, change);
    await agent.start();
    const stop = new AbortController();
    const running = agent.run(stop.signal, 1);
    while (signedAtPause < 0) await sleep(1);
    await pausing;
    await sleep(50);
    stop.abort();
    await running;
    expect(actor.signed).toHaveLength(signedAtPause);
    expect(signedAtPause).toBe(/after the signature|outcome/.test(moment) ? 1 : 0);
    const pause = bench.all().findIndex(({ decision }) => decision.kind === 'pause');
    expect(bench.all()[pause]!.decision).toMatchObject({
      choice: 'pause',
      rejected: [{ option: 'new acts', reason: 'the owner says so' }],
    });
    expect(
      bench
        .all()
        .slice(pause)
        .some(({ decision }) => decision.kind === 'intent'),
    ).toBe(false);
    expect(bench.decisions.openIntents()).toEqual([]);
    expect(agent.state()).toMatchObject({ state: 'paused', reason: 'the owner says so' });
  });
}

test('a pause lasts across restarts, and what is seen meanwhile is recorded as not acted on', async () => {
  const first = await bench.open(fakeActor());
  await first.start();
  await first.pause('over night');
  await first.pause('twice is once');
  await first.stop();
  await bench.reopen();
  const actor = fakeActor();
  const agent = await bench.open(actor);
  await agent.start();
  expect(agent.state()).toMatchObject({ state: 'paused', reason: 'over night' });
  await agent.step();
  expect(bench.all().at(-1)!.decision).toMatchObject({
    kind: 'refusal',
    choice: 'nothing',
    checks: [{ rule: 'runtime: paused', got: 'over night', passed: false }],
    inputs: [{ name: 'wish' }],
  });
  expect(actor.prepared).toEqual([]);
  await agent.resume('good morning');
  await agent.step();
  expect(actor.signed).toHaveLength(1);
  await agent.stop();
  await bench.reopen();
  const third = await bench.open(fakeActor());
  await third.start();
  expect(third.state().state).toBe('running');
  expect(bench.kinds().filter((kind) => kind.startsWith('pause'))).toEqual([
    'pause pause',
    'pause stop',
    'pause resume',
    'pause stop',
  ]);
});

test('an act that can still land is dropped before the pause; a paused agent only reads', async () => {
  let isTaken = false;
  const actor = fakeActor({
    outcome: async () => {
      if (bench.all().at(-1)!.decision.task !== 'drop an act') return unknown;
      isTaken = true;
      return settled;
    },
    reconcile: async () =>
      isTaken ? { ...unknown, result: { ...unknown.result, status: 'failed' } } : 'take the nonce',
  });
  const agent = await bench.open(actor);
  await agent.start();
  await agent.step();
  expect(actor.signed).toHaveLength(1);
  await agent.pause('now');
  expect(actor.signed).toHaveLength(2);
  expect(bench.kinds().at(-1)).toBe('pause pause');
  expect(agent.state().openIntents).toBe(0);
});

test('a paused agent with an open intent takes no nonce until it goes on', async () => {
  const first = await bench.open(fakeActor({ outcome: async () => unknown, reconcile: async () => unknown }));
  await first.start();
  await first.step();
  await first.pause('now');
  await bench.reopen();
  let isTaken = false;
  const actor = fakeActor({
    outcome: async () => {
      isTaken = true;
      return settled;
    },
    reconcile: async () =>
      isTaken ? { ...unknown, result: { ...unknown.result, status: 'failed' } } : 'take the nonce',
  });
  const agent = await bench.open(actor, { observe: async () => undefined });
  await agent.start();
  for (let at = 0; at < 3; at += 1) await agent.step();
  expect(actor.signed).toEqual([]);
  expect(agent.state().openIntents).toBe(1);
  await agent.resume('go on');
  await agent.step();
  expect(actor.signed).toHaveLength(1);
  expect(agent.state().openIntents).toBe(0);
});

test('pauses, resumes and stops at any moment: after each pause nothing is signed until the next resume', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.constantFrom('pause', 'resume'), fc.nat(6)), { minLength: 1, maxLength: 12 }),
      async (plan) => {
        const own = await openBench();
        const doze = () => sleep(Math.floor(Math.random() * 2));
        const actor = fakeActor({
          prepare: doze,
          beforeSigning: doze,
          outcome: () => doze().then(() => settled),
        });
        const agent = await own.open(actor, { observe: () => doze().then(() => wish()) });
        await agent.start();
        const stop = new AbortController();
        const running = agent.run(stop.signal, 0);
        for (const [what, wait] of plan) {
          await sleep(wait);
          await agent[what as 'pause' | 'resume']('test');
          if (what === 'resume') continue;
          const signed = actor.signed.length;
          await sleep(3);
          expect(actor.signed).toHaveLength(signed);
        }
        await agent.stop();
        const signed = actor.signed.length;
        await sleep(3);
        expect(actor.signed).toHaveLength(signed);
        stop.abort();
        await running;
        expect(new Set(actor.signed).size).toBe(signed);
        await own.end();
      },
    ),
    { numRuns: 15 },
  );
});

test('a pause that the disk does not take holds all the same, and is recorded when asked for again', async () => {
  const actor = fakeActor();
  const agent = await bench.open(actor);
  await agent.start();
  const { record } = bench.decisions;
  Object.assign(bench.decisions, { record: () => Promise.reject(new Error('disk full')) });
  await expect(agent.pause('now')).rejects.toThrow('disk full');
  Object.assign(bench.decisions, { record });
  await agent.step();
  expect(actor.signed).toEqual([]);
  await agent.pause('now');
  expect(bench.kinds().at(-1)).toBe('pause pause');
});

test('an intent that the disk does not take is not signed; an outcome that it does not take is asked about', async () => {
  const { record } = bench.decisions;
  let refused: string | undefined = 'intent';
  Object.assign(bench.decisions, {
    record: (draft: Parameters<typeof record>[0]) =>
      draft.kind === refused ? Promise.reject(new Error('disk full')) : record(draft),
  });
  const actor = fakeActor();
  const agent = await bench.open(actor);
  await agent.start();
  await expect(agent.step()).rejects.toThrow('disk full');
  expect(actor.signed).toEqual([]);
  expect(agent.state()).toMatchObject({ state: 'failed', reason: 'disk full' });
  refused = 'outcome';
  await expect(agent.step()).rejects.toThrow('disk full');
  expect(actor.signed).toHaveLength(1);
  await expect(agent.step()).rejects.toThrow('disk full');
  expect(actor.signed).toHaveLength(1);
  refused = undefined;
  await agent.step();
  expect(actor.signed).toHaveLength(2);
  expect(agent.state()).toMatchObject({ state: 'running', openIntents: 0 });
});
