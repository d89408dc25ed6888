import {
  blobHashOf,
  type Decision,
  type DecisionInput,
  decodeDecision,
  encodeDecision,
  LichenError,
  sealPrivate,
} from '@lichen/protocol';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Recorded, recordDecision, type Scene, tradingRules } from './replayDecision.fixture.ts';
import { replayDecision } from './replayDecision.ts';
import type { AskAgain } from './replayModel.ts';
import type { ReplayReport } from './replayReport.ts';

const replay = ({ decision, blobs }: Recorded, askAgain?: AskAgain) =>
  replayDecision({ decision, blob: async (sha256) => blobs.get(sha256), askAgain });

const step = (report: ReplayReport, name: string) => report.steps.find((one) => one.name === name)!;
const states = ({ steps }: ReplayReport) => steps.map(({ name, state }) => `${name} ${state}`).join(', ');
const allPassed = 'inputs passed, rules passed, model passed, verdict passed, calls passed';

/** The record with another decision, beside the same blobs. */
const with_ = (recorded: Recorded, change: Partial<Decision>): Recorded => ({
  ...recorded,
  decision: { ...recorded.decision, ...change },
});
function withInput(recorded: Recorded, name: string, change: Partial<DecisionInput>): Recorded {
  const inputs = recorded.decision.inputs.map((input) =>
    input.name === name ? { ...input, ...change } : input,
  );
  return with_(recorded, { inputs });
}
/** The record with the bytes of one input replaced, and its hash with them: a forger's work. */
function forgeInput(recorded: Recorded, name: string, bytes: Uint8Array): Recorded {
  const sha256 = blobHashOf(bytes);
  return { ...withInput(recorded, name, { sha256 }), blobs: new Map(recorded.blobs).set(sha256, bytes) };
}
function without(recorded: Recorded, ...hashes: string[]): Recorded {
  const blobs = new Map(recorded.blobs);
  for (const hash of hashes) blobs.delete(hash);
  return { ...recorded, blobs };
}
function flipped(recorded: Recorded, hash: string): Recorded {
  const bytes = Uint8Array.from(recorded.blobs.get(hash)!);
  bytes[bytes.length - 1]! ^= 1;
  return { ...recorded, blobs: new Map(recorded.blobs).set(hash, bytes) };
}
const hashOf = ({ decision }: Recorded, name: string) =>
  decision.inputs.find((input) => input.name === name)!.sha256;

let intent: Recorded;
beforeAll(async () => {
  intent = await recordDecision();
});

describe('an honest record', () => {
  it.each<[string, Scene, string, ReplayReport['grade'], string]>([
    ['an intent by an integer model', {}, 'intent', 'A', allPassed],
    [
      'an intent without a model',
      { ask: 'nothing', rules: tradingRules.replace('output !== null && output[0] > -1000000', 'true') },
      'intent',
      'A',
      allPassed,
    ],
    ['a refusal', { ask: 'nothing' }, 'refusal', 'A', allPassed],
    ['an intent by a language model', { ask: 'language' }, 'intent', 'B', allPassed],
    ['a refusal by a language model', { ask: 'language', answer: 'No!' }, 'refusal', 'B', allPassed],
    ['a language model that did not answer', { ask: 'language', answer: null }, 'refusal', 'B', allPassed],
    ['an intent that the mandate refused', { refusedBy: 'mandate' }, 'refusal', 'A', allPassed],
    ['an intent that a pause stopped', { refusedBy: 'paused' }, 'refusal', 'A', allPassed],
    [
      'rules that failed',
      { hasMarket: false },
      'refusal',
      'A',
      'inputs passed, rules passed, model passed, verdict passed, calls skipped',
    ],
  ])('%s comes out the same', async (_, scene, kind, grade, expected) => {
    const recorded = await recordDecision(scene);
    expect(recorded.decision.kind).toBe(kind);
    // What the test makes is what a journal keeps.
    expect(decodeDecision(encodeDecision(recorded.decision))).toEqual(recorded.decision);
    const report = await replay(recorded);
    expect(states(report)).toBe(expected);
    expect(report).toMatchObject({ grade, isSame: true });
  });

  it('says what it looked at', async () => {
    const { steps } = await replay(intent);
    expect(steps.map(({ note }) => note)).toEqual([
      '6 as recorded',
      expect.stringMatching(/^version 1, \d+ bytes, in the sandbox$/),
      'the integer model answers [137] again',
      'intent "buy" again',
      '1 of them, byte for byte',
    ]);
  });
});

describe('a record that was changed', () => {
  /** Each field that the rules determine, with another value, and the step and path that must name it. */
  const changes: [string, (decision: Decision) => Partial<Decision>, string, string][] = [
    ['choice', () => ({ choice: 'hold' }), 'verdict', 'choice'],
    ['task', () => ({ task: 'trade 2008-09-16' }), 'verdict', 'task'],
    [
      'an amount',
      () => ({ amounts: [{ asset: 'pUSD', amount: '-5000001' }] }),
      'verdict',
      'amounts.0.amount',
    ],
    ['an asset', () => ({ amounts: [{ asset: 'pSPX', amount: '-5000000' }] }), 'verdict', 'amounts.0.asset'],
    ['no amounts', () => ({ amounts: [] }), 'verdict', 'amounts.0'],
    [
      'a check',
      ({ checks }) => ({ checks: [{ ...checks[0]!, got: '42' }, ...checks.slice(1)] }),
      'verdict',
      'checks.0.got',
    ],
    [
      'a check that passed',
      ({ checks }) => ({ checks: [{ ...checks[0]!, passed: false }, ...checks.slice(1)] }),
      'verdict',
      'checks.0.passed',
    ],
    ['a check left out', ({ checks }) => ({ checks: checks.slice(1) }), 'verdict', 'checks.0.rule'],
    ['a check more', ({ checks }) => ({ checks: [...checks, checks[0]!] }), 'verdict', 'checks.3'],
    [
      'a check in the name of the runtime',
      ({ checks }) => ({
        checks: [...checks, { rule: 'runtime: model', got: '', limit: '', passed: false }],
      }),
      'verdict',
      'checks of the runtime',
    ],
    ['what was rejected', () => ({ rejected: [] }), 'verdict', 'rejected.0'],
    ['a refusal instead', () => ({ kind: 'refusal', act: null }), 'verdict', 'checks of the runtime'],
    ['no act', () => ({ act: null }), 'verdict', 'act'],
    [
      'a result',
      () => ({ result: { block: 1, reason: '', status: 'settled', transaction: null } }),
      'verdict',
      'result',
    ],
    ['refersTo', () => ({ refersTo: 'ab'.repeat(32) }), 'verdict', 'refersTo'],
    ['time', ({ time }) => ({ time: time + 1 }), 'verdict', 'checks.2.got'],
    ['zone', () => ({ zone: 'UTC' }), 'verdict', 'checks.2.got'],
    [
      'the target of a call',
      ({ act }) => ({ act: { ...act!, calls: [{ ...act!.calls[0]!, to: `0x${'ab'.repeat(20)}` }] } }),
      'calls',
      'act.calls.0.to',
    ],
    [
      'the selector of a call',
      ({ act }) => ({ act: { ...act!, calls: [{ ...act!.calls[0]!, selector: '0x095ea7b3' }] } }),
      'calls',
      'act.calls.0.selector',
    ],
    [
      'the data of a call',
      ({ act }) => ({ act: { ...act!, calls: [{ ...act!.calls[0]!, dataSha256: 'ab'.repeat(32) }] } }),
      'calls',
      'act.calls.0.dataSha256',
    ],
    [
      'a call more',
      ({ act }) => ({ act: { ...act!, calls: [...act!.calls, act!.calls[0]!] } }),
      'calls',
      'act.calls.1',
    ],
    ['no calls', ({ act }) => ({ act: { ...act!, calls: [] } }), 'calls', 'act.calls.0'],
    ['the model', ({ model }) => ({ model: { ...model!, id: `0x${'ab'.repeat(32)}` } }), 'model', 'model.id'],
    [
      'the question',
      ({ model }) => ({ model: { ...model!, input: 'ab'.repeat(32) } }),
      'model',
      'model.input',
    ],
    [
      'the answer',
      ({ model }) => ({ model: { ...model!, output: 'ab'.repeat(32) } }),
      'model',
      'model.output',
    ],
    [
      'settings of an integer model',
      ({ model }) => ({ model: { ...model!, settings: 'x' } }),
      'model',
      'model.settings',
    ],
    [
      'the kind of model',
      ({ model }) => ({ model: { ...model!, kind: 'language' } }),
      'model',
      'model.input',
    ],
  ];
  it.each(changes)('%s', async (_, change, name, path) => {
    const report = await replay(with_(intent, change(intent.decision)));
    expect(report.isSame).toBe(false);
    const found = step(report, name);
    expect(found.state).toBe('failed');
    expect(found.note).toContain(path);
    expect(found.got).not.toBe(found.expected);
  });

  it('names what was recorded and what comes out', async () => {
    const report = await replay(with_(intent, { choice: 'hold', amounts: [{ asset: 'pUSD', amount: '1' }] }));
    expect(step(report, 'verdict')).toEqual({
      name: 'verdict',
      state: 'failed',
      note: 'the rules decide otherwise: choice, amounts.0.amount',
      got: '"hold"',
      expected: '"buy"',
    });
    expect(report.grade).toBe('A');
  });

  it('no model, to be rid of what it said', async () => {
    const report = await replay(with_(intent, { model: null }));
    expect(step(report, 'model')).toMatchObject({
      state: 'skipped',
      note: expect.stringContaining('none was asked'),
    });
    expect(report.isSame).toBe(false);
  });

  it('a refusal in the place of an intent only with a word of the runtime that stops one', async () => {
    const stopped = await recordDecision({ refusedBy: 'mandate' });
    expect((await replay(stopped)).isSame).toBe(true);
    const { checks } = stopped.decision;
    for (const rule of ['runtime: model', 'runtime: record', 'runtime: ', 'mandate', 'runtime: Mandate']) {
      const changed = with_(stopped, { checks: [...checks.slice(0, -1), { ...checks.at(-1)!, rule }] });
      expect((await replay(changed)).isSame, rule).toBe(false);
    }
    // A passed check stops nothing.
    const passed = with_(stopped, { checks: [...checks.slice(0, -1), { ...checks.at(-1)!, passed: true }] });
    expect((await replay(passed)).isSame).toBe(false);
    // Two words at once, or one about a refusal.
    expect((await replay(with_(stopped, { checks: [...checks, checks.at(-1)!] }))).isSame).toBe(false);
    const refusal = await recordDecision({ ask: 'nothing' });
    const doubled = with_(refusal, { checks: [...refusal.decision.checks, checks.at(-1)!] });
    expect((await replay(doubled)).isSame).toBe(false);
  });

  it('an intent in the place of a refusal', async () => {
    const refusal = await recordDecision({ ask: 'nothing' });
    const forged = with_(refusal, { kind: 'intent', act: intent.decision.act, choice: 'buy' });
    const report = await replay(forged);
    expect(step(report, 'verdict').note).toContain('kind, choice');
    expect(step(report, 'calls').note).toContain('act.calls.0');
    expect(report.isSame).toBe(false);
  });

  it('rules that failed by the record, but do not', async () => {
    const refusal = await recordDecision({ ask: 'nothing' });
    const failure = await recordDecision({ hasMarket: false });
    const forged = with_(failure, { inputs: refusal.decision.inputs });
    const report = await replay({ ...forged, blobs: new Map([...refusal.blobs, ...failure.blobs]) });
    expect(step(report, 'verdict')).toMatchObject({
      state: 'failed',
      got: 'the rules failed',
      expected: 'refusal "hold"',
    });
    expect(report.isSame).toBe(false);
    // Where a model comes into it, nobody can say; it is not passed either.
    const unknown = await replay({
      decision: {
        ...failure.decision,
        inputs: intent.decision.inputs.filter(({ name }) => name !== 'calls'),
      },
      blobs: intent.blobs,
    });
    expect(unknown).toMatchObject({ grade: null, isSame: false });
  });

  it('rules that failed at what the model answered, and those that did not', async () => {
    const rules = tradingRules.replace(
      'const score',
      "if (output === 'Boom') throw new Error(output); const score",
    );
    const failure = await recordDecision({ ask: 'language', answer: 'Boom', rules });
    expect(failure.decision.checks.map(({ rule }) => rule)).toEqual(['runtime: rules']);
    expect(failure.decision.model).not.toBeNull();
    expect(await replay(failure)).toMatchObject({ grade: 'B', isSame: true });
    // The same word about an answer that the rules can read.
    const fine = await recordDecision({ ask: 'language', answer: 'No.', rules });
    const forged = await replay({
      decision: { ...failure.decision, model: fine.decision.model },
      blobs: new Map([...fine.blobs, ...failure.blobs]),
    });
    expect(forged).toMatchObject({ grade: 'B', isSame: false });
    expect(step(forged, 'verdict')).toMatchObject({ state: 'failed', expected: 'refusal "hold"' });
    // And with the model left out of the record, nobody can say.
    const bare = await replay(with_(failure, { model: null }));
    expect(bare).toMatchObject({ grade: null, isSame: false });
  });

  it('a verdict where the rules fail', async () => {
    const failing = tradingRules.replace(
      'const checks',
      "if (inputs.market.day) throw new Error('no'); const checks",
    );
    const code = new TextEncoder().encode(failing);
    const sha256 = blobHashOf(code);
    const report = await replay({
      decision: { ...intent.decision, rules: { sha256, version: '1' } },
      blobs: new Map(intent.blobs).set(sha256, code),
    });
    expect(step(report, 'verdict')).toMatchObject({ state: 'failed', got: 'intent' });
    expect(report.isSame).toBe(false);
  });

  it('an input, with its hash', async () => {
    const other = new TextEncoder().encode('{"day":"2008-09-15","open":"1192700001","bars":[]}');
    const report = await replay(forgeInput(intent, 'market', other));
    expect(step(report, 'inputs').state).toBe('passed');
    expect(step(report, 'model').note).toContain('model.input');
    expect(report.isSame).toBe(false);
  });

  it('an input in two versions, or one that is no JSON', async () => {
    const [market] = intent.decision.inputs;
    for (const recorded of [
      with_(intent, { inputs: [...intent.decision.inputs, market!] }),
      forgeInput(intent, 'market', new TextEncoder().encode('{')),
      forgeInput(intent, 'note', Uint8Array.of(...new Uint8Array(32), 0xff)),
    ]) {
      const report = await replay(recorded);
      expect(step(report, 'inputs')).toMatchObject({
        state: 'failed',
        note: expect.stringContaining('inputs'),
      });
      expect(step(report, 'verdict').state).toBe('skipped');
      expect(report).toMatchObject({ grade: null, isSame: false });
    }
  });

  it('an input renamed, left out, added or of another type', async () => {
    const { inputs } = intent.decision;
    for (const recorded of [
      withInput(intent, 'note', { name: 'notes' }),
      withInput(intent, 'note', { mediaType: 'image/png' }),
      withInput(intent, 'market', { mediaType: 'text/plain' }),
      withInput(intent, 'note', { isPrivate: false }),
      with_(intent, { inputs: inputs.filter(({ name }) => name !== 'note') }),
      with_(intent, {
        inputs: inputs.map((input) => (input.name === 'picture' ? { ...input, name: 'model' } : input)),
      }),
    ]) {
      expect((await replay(recorded)).isSame).toBe(false);
    }
  });

  it('the calls that lie beside the journal', async () => {
    const calls = new TextEncoder().encode('[]');
    const report = await replay(forgeInput(intent, 'calls', calls));
    expect(step(report, 'calls')).toMatchObject({
      state: 'failed',
      note: expect.stringContaining('inputs "calls"'),
    });
    const refusal = await recordDecision({ ask: 'nothing' });
    const kept = intent.decision.inputs.find(({ name }) => name === 'calls')!;
    const added = with_(refusal, { inputs: [...refusal.decision.inputs, kept] });
    expect((await replay({ ...added, blobs: new Map([...refusal.blobs, ...intent.blobs]) })).isSame).toBe(
      false,
    );
  });

  it('calls kept as a private input are compared by their content, or not at all', async () => {
    const stopped = await recordDecision({ refusedBy: 'mandate' });
    const content = stopped.blobs.get(hashOf(stopped, 'calls'))!;
    const sealed = (bytes: Uint8Array) => {
      const blob = sealPrivate(bytes, new Uint8Array(32).fill(3));
      return withInput(forgeInput(stopped, 'calls', blob), 'calls', { isPrivate: true });
    };
    const honest = sealed(content);
    expect(await replay(honest)).toMatchObject({ grade: 'A', isSame: true });
    const forged = await replay(sealed(new TextEncoder().encode('[]')));
    expect(step(forged, 'calls').state).toBe('failed');
    const gone = await replay(without(honest, hashOf(honest, 'calls')));
    expect(step(gone, 'calls')).toMatchObject({
      state: 'skipped',
      note: expect.stringContaining('not any more'),
    });
  });

  it('any text, amount or hash that the rules determine, at random', async () => {
    type Path = (string | number)[];
    const leaves = (value: unknown, path: Path = []): Path[] =>
      typeof value === 'object' && value !== null
        ? Object.entries(value).flatMap(([key, inner]) =>
            leaves(inner, [...path, Array.isArray(value) ? Number(key) : key]),
          )
        : [path];
    const { kind, task, choice, checks, rejected, amounts, model, act, rules } = intent.decision;
    const paths = leaves({
      kind,
      task,
      choice,
      checks,
      rejected,
      amounts,
      model,
      act: { calls: act!.calls },
      rules: { sha256: rules.sha256 },
    });
    expect(paths.length).toBeGreaterThan(20);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...paths), fc.nat(), async (path, seed) => {
        const changed = structuredClone(intent.decision) as unknown as Record<string, never>;
        let at: Record<string | number, never> = changed;
        for (const key of path.slice(0, -1)) at = at[key]!;
        const last = path.at(-1)!;
        const value: unknown = at[last];
        const other = (text: string) => {
          const place = seed % Math.max(1, text.length);
          return text === ''
            ? 'x'
            : `${text.slice(0, place)}${text[place] === '1' ? '2' : '1'}${text.slice(place + 1)}`;
        };
        at[last] = (typeof value === 'boolean' ? !value : other(String(value))) as never;
        if (path.join() === 'kind') at[last] = 'refusal' as never;
        if (path.join() === 'model,kind') at[last] = 'language' as never;
        const report = await replay({ ...intent, decision: changed as unknown as Decision });
        // A check of the runtime would be dropped with its name only where it is one: none is here.
        return !report.isSame && report.steps.some(({ state }) => state === 'failed' || state === 'skipped');
      }),
      { numRuns: 150 },
    );
  });
});

describe('blobs', () => {
  const named: [string, (recorded: Recorded) => string, string][] = [
    ['an input', (recorded) => hashOf(recorded, 'market'), 'inputs'],
    ['a private input', (recorded) => hashOf(recorded, 'note'), 'inputs'],
    ['an input that the rules do not see', (recorded) => hashOf(recorded, 'picture'), 'inputs'],
    ['the calls', (recorded) => hashOf(recorded, 'calls'), 'inputs'],
    ['the model', (recorded) => hashOf(recorded, 'model'), 'inputs'],
    ['the rules', ({ decision }) => decision.rules.sha256, 'rules'],
    ["the model's answer", ({ decision }) => decision.model!.output, 'model'],
  ];
  it.each(named)('%s: a flipped byte is named', async (_, hash, name) => {
    const report = await replay(flipped(intent, hash(intent)));
    expect(step(report, name).state).toBe('failed');
    expect(step(report, name).note).not.toBe('');
    expect(report.isSame).toBe(false);
  });

  it('a store that refuses to hand out damaged bytes says the same', async () => {
    const market = hashOf(intent, 'market');
    const report = await replayDecision({
      decision: intent.decision,
      blob: async (sha256) => {
        if (sha256 === market) throw new LichenError('state-damaged', 'damaged', { got: 'other bytes at x' });
        return intent.blobs.get(sha256);
      },
    });
    expect(step(report, 'inputs')).toMatchObject({
      state: 'failed',
      note: 'the bytes kept are not those that were recorded: inputs "market"',
      got: 'other bytes at x',
      expected: market,
    });
  });

  it('what is missing is skipped by name and never passed', async () => {
    for (const name of ['market', 'note']) {
      const report = await replay(without(intent, hashOf(intent, name)));
      expect(step(report, 'inputs')).toMatchObject({
        state: 'skipped',
        note: expect.stringContaining(`"${name}"`),
      });
      expect(states(report)).toBe(
        'inputs skipped, rules passed, model skipped, verdict skipped, calls skipped',
      );
      expect(report).toMatchObject({ grade: null, isSame: false });
    }
    const rules = await replay(without(intent, intent.decision.rules.sha256));
    expect(states(rules)).toBe('inputs passed, rules skipped, model skipped, verdict skipped, calls skipped');
    expect(rules).toMatchObject({ grade: null, isSame: false });
    const nothing = await replayDecision({ decision: intent.decision, blob: async () => undefined });
    expect(nothing.steps.every(({ state }) => state === 'skipped')).toBe(true);
    expect(nothing).toMatchObject({ grade: null, isSame: false });
  });

  it('what the rules do not see may be missing, and that is said', async () => {
    const report = await replay(without(intent, hashOf(intent, 'picture'), hashOf(intent, 'calls')));
    expect(report).toMatchObject({ grade: 'A', isSame: true });
    expect(step(report, 'inputs')).toMatchObject({
      state: 'skipped',
      note: '2 of 6 missing: "picture", "calls"',
    });
    expect(step(report, 'calls').note).toBe('1 of them, byte for byte by their hashes');
  });

  it('without the integer model its recorded answer is used: grade B', async () => {
    const report = await replay(without(intent, hashOf(intent, 'model')));
    expect(report).toMatchObject({ grade: 'B', isSame: true });
    expect(step(report, 'model').state).toBe('skipped');
    const both = await replay(without(intent, hashOf(intent, 'model'), intent.decision.model!.output));
    expect(both).toMatchObject({ grade: null, isSame: false });
  });

  it('the recorded answer of an integer model is not needed: it is computed again', async () => {
    const report = await replay(without(intent, intent.decision.model!.input, intent.decision.model!.output));
    expect(report).toMatchObject({ grade: 'A', isSame: true });
  });

  it('without the answer of a language model nothing can be run', async () => {
    const language = await recordDecision({ ask: 'language' });
    const report = await replay(without(language, language.decision.model!.output));
    expect(report).toMatchObject({ grade: null, isSame: false });
    expect(step(report, 'model').note).toContain('missing');
  });

  it('a network that fails is no verdict', async () => {
    const away = replayDecision({
      decision: (await recordDecision({ hasMarket: false })).decision,
      blob: async () => {
        throw new LichenError('timeout', 'away');
      },
    });
    await expect(away).rejects.toMatchObject({ code: 'timeout' });
  });
});

describe('asking again: grade C', () => {
  it('the same text is the same, and still proves nothing', async () => {
    const language = await recordDecision({ ask: 'language' });
    const asked: string[] = [];
    const report = await replay(language, async (prompt, { id }) => {
      asked.push(`${id}: ${prompt}`);
      return 'Yes.';
    });
    expect(asked).toEqual(['vendor/large-1: Should I buy at 1192700000? Answer yes or no.']);
    expect(report).toMatchObject({ grade: 'C', isSame: true });
    expect(step(report, 'model').note).toContain('proves nothing');
  });

  it('another text is not, even where the verdict is', async () => {
    const language = await recordDecision({ ask: 'language', answer: 'Yes, I would buy.' });
    const report = await replay(language, async () => 'Yes, buy now.');
    expect(report.grade).toBe('C');
    expect(report.isSame).toBe(false);
    expect(step(report, 'model')).toMatchObject({
      state: 'failed',
      note: expect.stringContaining('50 % of the words'),
    });
  });

  it('a model that cannot be asked is skipped; an integer model is not asked', async () => {
    const language = await recordDecision({ ask: 'language' });
    const report = await replay(language, async () => {
      throw new Error('no key');
    });
    expect(report).toMatchObject({ grade: null, isSame: false });
    expect(step(report, 'model').note).toContain('no key');
    expect(await replay(intent, async () => expect.unreachable())).toMatchObject({
      grade: 'A',
      isSame: true,
    });
  });

  it('nothing to compare with is not the same', async () => {
    const language = await recordDecision({ ask: 'language' });
    const report = await replay(without(language, language.decision.model!.output), async () => 'Yes.');
    expect(report).toMatchObject({ grade: 'C', isSame: false });
  });
});

describe('records without a verdict', () => {
  const blank = () => ({
    ...intent.decision,
    act: null,
    checks: [],
    inputs: [],
    model: null,
    amounts: [],
    rejected: [],
  });
  const settled = { block: 5, reason: '', status: 'settled', transaction: `0x${'ab'.repeat(32)}` } as const;
  it.each<[string, () => Partial<Decision>]>([
    ['outcome', () => ({ kind: 'outcome', refersTo: 'ab'.repeat(32), result: settled })],
    ['payment', () => ({ kind: 'payment', amounts: [{ asset: 'pUSD', amount: '-1' }] })],
    ['change', () => ({ kind: 'change' })],
    ['pause', () => ({ kind: 'pause' })],
    [
      'a runtime that saw nothing',
      () => ({
        kind: 'refusal',
        task: 'observe',
        checks: [{ rule: 'runtime: observe', got: 'timeout', limit: '', passed: false }],
      }),
    ],
    [
      'a runtime that was paused',
      () => ({
        kind: 'refusal',
        task: 'paused',
        checks: [{ rule: 'runtime: paused', got: 'lunch', limit: '', passed: false }],
      }),
    ],
    [
      'taking a nonce',
      () => ({
        kind: 'intent',
        refersTo: 'ab'.repeat(32),
        act: { ...intent.decision.act!, calls: [], mandate: null },
      }),
    ],
  ])('%s: nothing to run, grade null', async (_, change) => {
    const report = await replay(with_(intent, { ...blank(), ...change() }));
    expect(report).toMatchObject({ grade: null, isSame: true });
    expect(step(report, 'verdict')).toMatchObject({
      state: 'skipped',
      note: expect.stringContaining('nothing to run again'),
    });
  });

  it.each<[string, () => Partial<Decision>]>([
    ['an outcome of nothing', () => ({ kind: 'outcome', result: settled })],
    ['an outcome without result', () => ({ kind: 'outcome', refersTo: 'ab'.repeat(32) })],
    [
      'an outcome that acts',
      () => ({ kind: 'outcome', refersTo: 'ab'.repeat(32), result: settled, act: intent.decision.act }),
    ],
    ['a payment of nothing', () => ({ kind: 'payment' })],
    ['a pause that acts', () => ({ kind: 'pause', act: intent.decision.act })],
    ['a change by a model', () => ({ kind: 'change', model: intent.decision.model })],
    [
      'taking a nonce under a mandate',
      () => ({ kind: 'intent', refersTo: 'ab'.repeat(32), act: { ...intent.decision.act!, calls: [] } }),
    ],
    [
      'taking a nonce with calls',
      () => ({ kind: 'intent', refersTo: 'ab'.repeat(32), act: { ...intent.decision.act!, mandate: null } }),
    ],
    [
      'a runtime that refuses and pays',
      () => ({
        kind: 'refusal',
        task: 'paused',
        amounts: [{ asset: 'pUSD', amount: '-1' }],
        checks: [{ rule: 'runtime: paused', got: '', limit: '', passed: false }],
      }),
    ],
  ])('%s is not the same', async (_, change) => {
    const report = await replay(with_(intent, { ...blank(), ...change() }));
    expect(report.isSame).toBe(false);
  });
});
