import { encodeModel, isLichenError, LichenError, modelIdOf } from '@lichen/protocol';
import { replayDecision } from '@lichen/sdk';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Tool } from '../tools/types.ts';
import {
  fakeActor,
  jsonInput,
  openBench,
  settled,
  type TestBench,
  token,
  unknown,
  wish,
} from './fakeActor.fixture.ts';

let bench: TestBench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.end());

const never = () => new Promise<never>(() => undefined);
const last = () => bench.all().at(-1)!.decision;
/** What a stranger with the journal finds. */
const replay = (index: number) =>
  replayDecision({
    decision: bench.all()[index]!.decision,
    blob: async (sha256) => bench.decisions.blobs.get(sha256),
  });

describe('a decision', () => {
  test('is recorded before its act and after, under the hash that the act carries', async () => {
    const actor = fakeActor({
      outcome: async (intent) => {
        // At the moment of the signature the intent is on the disk, and is the last thing there.
        expect(`0x${bench.all().at(-1)!.leafHash}`).toBe(intent);
        expect(last().kind).toBe('intent');
        // A stranger who reads the journal now sees it: the head covers it.
        expect(bench.decisions.journal.head()!.size).toBe(bench.all().length);
        return settled;
      },
    });
    const agent = await bench.open(actor);
    await agent.start();
    const outcome = await agent.step();
    expect(bench.kinds()).toEqual(['change begin', 'intent pay null', 'outcome pay null']);
    const intent = bench.all()[1]!;
    expect(actor.signed).toEqual([`0x${intent.leafHash}`]);
    expect(outcome!.decision).toMatchObject({
      refersTo: intent.leafHash,
      result: { status: 'settled', block: 7 },
      amounts: [{ amount: '-1', asset: token }],
      time: 5_000,
    });
    expect(intent.decision).toMatchObject({
      act: { nonce: 3 },
      time: 1_000,
      zone: 'America/New_York',
      checks: [{ rule: 'zone', got: 'America/New_York', limit: '1000' }],
    });
    const [seen, calls] = intent.decision.inputs;
    expect(seen).toMatchObject({ name: 'wish', provenance: { by: 'operator' } });
    expect(calls).toMatchObject({ name: 'calls', provenance: { by: 'chain', block: 5, logIndex: null } });
    expect(JSON.parse(Buffer.from(bench.decisions.blobs.get(calls!.sha256)!).toString())).toEqual(
      actor.prepared[0],
    );
    expect(bench.decisions.blobs.get(intent.decision.rules.sha256)).toBeDefined();
    expect(agent.state()).toMatchObject({ state: 'running', openIntents: 0, lastDecision: { index: 2 } });
  });

  test('to do nothing is recorded, and nothing is prepared', async () => {
    const actor = fakeActor();
    const agent = await bench.open(actor, { observe: async () => wish({ kind: 'refusal' }) });
    await agent.start();
    await agent.step();
    expect(last()).toMatchObject({ kind: 'refusal', choice: 'nothing: null', act: null });
    expect(actor.prepared).toEqual([]);
    expect(await replay(1)).toMatchObject({ grade: 'A', isSame: true });
  });

  test('that the mandate refuses is recorded with the reason, and nothing is signed', async () => {
    const actor = fakeActor({
      prepare: async () => {
        throw new LichenError('mandate-spent', 'The mandate has too little left.', { got: '9' });
      },
    });
    const agent = await bench.open(actor);
    await agent.start();
    await agent.step();
    expect(last()).toMatchObject({ kind: 'refusal', choice: 'pay null', act: null });
    expect(last().checks.at(-1)).toMatchObject({
      rule: 'runtime: mandate',
      got: 'mandate-spent: The mandate has too little left. (9)',
      passed: false,
    });
    expect(actor.signed).toEqual([]);
    expect(await replay(1)).toMatchObject({ grade: 'A', isSame: true });
  });

  test('is not taken where there is nothing to see', async () => {
    const agent = await bench.open(fakeActor(), { observe: async () => undefined });
    await agent.start();
    expect(await agent.step()).toBeUndefined();
    expect(bench.kinds()).toEqual(['change begin']);
  });

  test('is taken again from its record, with the model too', async () => {
    const blob = encodeModel({
      inputs: 2,
      layers: [{ outputs: 1, shift: 0, weights: Int8Array.from([3, -2]), biases: Int32Array.from([5]) }],
      knots: [],
    });
    const agent = await bench.open(fakeActor(), {
      model: { kind: 'integer', blob },
      observe: async () => ({
        time: 1_000,
        inputs: [
          jsonInput('wish', { ask: [7, 4] }),
          jsonInput('secret', 'a letter', { isPrivate: true }),
          { ...jsonInput('note', ''), name: 'note', mediaType: 'text/plain', bytes: Buffer.from('hello') },
        ],
      }),
    });
    await agent.start();
    await agent.step();
    const { decision } = bench.all()[1]!;
    expect(decision).toMatchObject({
      choice: 'pay [18]',
      model: { id: modelIdOf(blob), kind: 'integer', settings: '' },
    });
    expect(decision.inputs.map(({ name }) => name)).toEqual(['wish', 'secret', 'note', 'model', 'calls']);
    const report = await replay(1);
    expect(report.steps.map(({ state }) => state)).toEqual(Array(5).fill('passed'));
    expect(report).toMatchObject({ grade: 'A', isSame: true });
  });
});

describe('waiting has an end', () => {
  test('an observation that does not come is recorded once, until one comes', async () => {
    let isSilent = true;
    const agent = await bench.open(fakeActor(), {
      observe: async () => (isSilent ? never() : wish({ kind: 'refusal' })),
      deadlines: { observeMs: 20 },
    });
    await agent.start();
    await agent.step();
    expect(last()).toMatchObject({ kind: 'refusal', choice: 'nothing', task: 'observe' });
    expect(last().checks[0]).toMatchObject({ rule: 'runtime: observe', passed: false });
    expect(await agent.step()).toBeUndefined();
    isSilent = false;
    await agent.step();
    isSilent = true;
    await agent.step();
    expect(bench.kinds()).toEqual([
      'change begin',
      'refusal nothing',
      'refusal nothing: null',
      'refusal nothing',
    ]);
    expect(await replay(1)).toMatchObject({ isSame: true });
  });

  test('a language model that does not answer, or fails, is null to the rules', async () => {
    for (const ask of [never, () => Promise.reject(new Error('no credit'))]) {
      const agent = await bench.open(fakeActor(), {
        model: { kind: 'language', id: 'test:one', settings: 'seed 1', ask },
        observe: async () => wish({ ask: 'Buy?', kind: 'refusal' }),
        deadlines: { modelMs: 20 },
      });
      await agent.start();
      await agent.step();
      expect(last()).toMatchObject({ choice: 'nothing: null', model: { id: 'test:one', kind: 'language' } });
      expect(last().checks.at(-1)).toMatchObject({ rule: 'runtime: model', passed: false });
      expect(await replay(bench.all().length - 1)).toMatchObject({ grade: 'B', isSame: true });
      await agent.stop();
    }
  });

  test('a chain that does not answer is asked again until the deadline, then the act is refused', async () => {
    let attempts = 0;
    const actor = fakeActor({
      prepare: async () => {
        attempts += 1;
        throw new LichenError('chain-unreachable', 'The chain cannot be reached.');
      },
    });
    const agent = await bench.open(actor, { deadlines: { prepareMs: 700 } });
    await agent.start();
    await agent.step();
    expect(attempts).toBe(2);
    expect(last().checks.at(-1)!.got).toMatch(/^chain-unreachable/);
  });

  test('an act that does not come back is unknown, may not be signed any more, and is asked about', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const actor = fakeActor({
      beforeSigning: () => held,
      reconcile: async () => ({ ...unknown, result: { ...unknown.result, status: 'failed' } }),
    });
    const agent = await bench.open(actor, { deadlines: { actMs: 20 } });
    await agent.start();
    expect((await agent.step())!.decision.result!.status).toBe('unknown');
    release();
    await new Promise(setImmediate);
    expect(actor.signed).toEqual([]);
    expect(agent.state().openIntents).toBe(1);
  });

  test('what comes before the act and fails, or hangs, keeps it from being signed', async () => {
    for (const beforeAct of [never, () => Promise.reject(new Error('no anchor'))]) {
      const actor = fakeActor();
      const agent = await bench.open(actor, { beforeAct, deadlines: { beforeActMs: 20 } });
      await agent.start();
      const outcome = await agent.step();
      expect(outcome!.decision.result).toMatchObject({ status: 'failed', transaction: null });
      expect(outcome!.decision.result!.reason).toMatch(/^not signed: /);
      expect(actor.signed).toEqual([]);
      await agent.stop();
    }
  });
});

describe('an open intent', () => {
  test('keeps everything else from happening until the chain has said what became of it', async () => {
    let answer: () => Promise<typeof settled> = async () => unknown;
    let observed = 0;
    const actor = fakeActor({ outcome: async () => unknown, reconcile: () => answer() });
    const agent = await bench.open(actor, {
      observe: async () => {
        observed += 1;
        return wish();
      },
    });
    await agent.start();
    await agent.step();
    expect(await agent.step()).toBeUndefined();
    answer = () => Promise.reject(new LichenError('chain-unreachable', 'The chain cannot be reached.'));
    for (let at = 0; at < 3; at += 1) expect(await agent.step()).toBeUndefined();
    expect(observed).toBe(1);
    expect(actor.signed).toHaveLength(1);
    // The same doubt is said once.
    expect(bench.all().filter(({ decision }) => decision.kind === 'outcome')).toHaveLength(3);
    answer = async () => settled;
    await agent.step();
    expect(actor.signed).toHaveLength(2);
  });

  test('is asked about at the start, across a restart, before anything else', async () => {
    const first = await bench.open(fakeActor({ outcome: async () => unknown }));
    await first.start();
    await first.step();
    await bench.reopen();
    const actor = fakeActor({ reconcile: async () => settled });
    const agent = await bench.open(actor);
    await agent.start();
    expect(agent.state().openIntents).toBe(0);
    expect(last()).toMatchObject({ kind: 'outcome', result: { status: 'settled' } });
    expect(actor.signed).toEqual([]);
  });

  test('that can still land is dropped by an intent of its own', async () => {
    let isTaken = false;
    const failedOutcome = { ...unknown, result: { ...unknown.result, status: 'failed' as const } };
    const actor = fakeActor({
      outcome: async () => {
        if (bench.all().at(-1)!.decision.task !== 'drop an act') return unknown;
        isTaken = true;
        return { ...settled, amounts: [] };
      },
      reconcile: async () => (isTaken ? failedOutcome : 'take the nonce'),
    });
    const agent = await bench.open(actor, { observe: async () => (isTaken ? undefined : wish()) });
    await agent.start();
    await agent.step();
    await agent.step();
    const [, intent, , taking, taken, dropped] = bench.all();
    expect(taking!.decision).toMatchObject({
      kind: 'intent',
      task: 'drop an act',
      refersTo: intent!.leafHash,
      act: { nonce: 3, calls: [], mandate: null },
    });
    expect(actor.signed).toEqual([`0x${intent!.leafHash}`, `0x${taking!.leafHash}`]);
    expect(taken!.decision).toMatchObject({ refersTo: taking!.leafHash, result: { status: 'settled' } });
    expect(dropped!.decision).toMatchObject({ refersTo: intent!.leafHash, result: { status: 'failed' } });
    expect(agent.state().openIntents).toBe(0);
    expect(await replay(3)).toMatchObject({ isSame: true });
  });
});

describe('what comes from outside', () => {
  test('that is not what it says is recorded and not decided on', async () => {
    const bad = [
      { ...jsonInput('wish', {}), bytes: Buffer.from('{"kind":') },
      { ...jsonInput('wish', {}), bytes: Uint8Array.from([0xff, 0xfe]), mediaType: 'text/plain' },
      jsonInput('calls', [{ to: token, data: '0x' }]),
      jsonInput('model', 'mine'),
    ];
    const actor = fakeActor();
    let at = 0;
    const agent = await bench.open(actor, {
      observe: async () => ({ time: 1_000, inputs: [bad[at++]!] }),
    });
    await agent.start();
    for (const _ of bad) {
      await agent.step();
      expect(last()).toMatchObject({ kind: 'refusal', choice: 'nothing', task: 'observe' });
      expect(last().inputs).toHaveLength(1);
    }
    expect(actor.prepared).toEqual([]);
  });

  test('that no decision can hold is refused in words that one can', async () => {
    const uris = ['\ud800', 'x'.repeat(5_000)];
    let at = 0;
    const actor = fakeActor();
    const agent = await bench.open(actor, {
      observe: async () => ({ time: 1_000, inputs: [jsonInput('wish', {}, { uri: uris[at++]! })] }),
    });
    await agent.start();
    for (const _ of uris) {
      await agent.step();
      expect(last()).toMatchObject({ kind: 'refusal', choice: 'nothing', task: 'record' });
    }
    expect(actor.signed).toEqual([]);
  });

  test('broken rules are a refusal, and the next decision is another matter', async () => {
    const wishes = [{ throws: true }, { kind: 'refusal' }];
    let at = 0;
    const agent = await bench.open(fakeActor(), { observe: async () => wish(wishes[at++]!) });
    await agent.start();
    await agent.step();
    expect(last().checks[0]).toMatchObject({ rule: 'runtime: rules' });
    expect(await replay(1)).toMatchObject({ isSame: true });
    await agent.step();
    expect(last().choice).toBe('nothing: null');
  });

  test('a tool that was not granted is a refusal in the journal, whatever the observation makes of it', async () => {
    const spend: Tool = {
      name: 'spend',
      capability: 'money:spend',
      input: z.strictObject({}),
      output: z.any(),
      deadlineMs: 100,
      run: async () => {
        throw new Error('it was run');
      },
    };
    const agent = await bench.open(fakeActor(), {
      tools: [spend],
      capabilities: ['market:read'],
      observe: async (_, tools) => {
        await tools.useByName('spend', {}).catch(() => undefined);
        return wish({ kind: 'refusal' });
      },
    });
    await agent.start();
    await agent.step();
    expect(bench.kinds()).toEqual(['change begin', 'refusal nothing', 'refusal nothing: null']);
    const { decision } = bench.all()[1]!;
    expect(decision).toMatchObject({ task: 'tool', rejected: [{ option: 'spend' }] });
    expect(decision.checks[0]!.got).toMatch(/^mandate-denied: .*money:spend/);
    expect(await replay(1)).toMatchObject({ isSame: true });
  });
});

describe('changes', () => {
  test('of rules, of their version or of the model are recorded at the start, once', async () => {
    const model = { kind: 'language', id: 'test:one', settings: '', ask: async () => '' } as const;
    const runs = [
      {},
      {},
      { rulesVersion: '2' },
      { rulesVersion: '2', model },
      { rulesVersion: '2', model: { ...model, settings: 'hot' } },
      { rulesVersion: '2', model: { ...model, settings: 'hot' } },
    ];
    for (const change of runs) {
      const agent = await bench.open(fakeActor(), { ...change, observe: async () => undefined });
      await agent.start();
      await bench.reopen();
    }
    expect(bench.kinds()).toEqual([
      'change begin',
      'change go on otherwise',
      'change go on otherwise',
      'change go on otherwise',
    ]);
    expect(last().task).toContain('test:one');
  });
});

test('an agent that was not started, or was stopped, does nothing', async () => {
  const agent = await bench.open(fakeActor());
  const codeOf = (act: Promise<unknown>) =>
    act.then(
      () => 'done',
      (error: unknown) => (isLichenError(error) ? error.code : String(error)),
    );
  expect(await codeOf(agent.step())).toBe('not-running');
  expect(await codeOf(agent.pause('no'))).toBe('not-running');
  await agent.start();
  await agent.stop();
  expect(await codeOf(agent.step())).toBe('not-running');
  expect(await codeOf(agent.resume('no'))).toBe('not-running');
  expect(agent.state().state).toBe('stopped');
});
