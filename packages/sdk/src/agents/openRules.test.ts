import { blobHashOf, isLichenError, type LichenErrorCode } from '@lichen/protocol';
import { describe, expect, it } from 'vitest';
import { openRules } from './openRules.ts';
import type { RulesContext, RulesLimits } from './rules.ts';

const verdict = `{ kind: 'refusal', task: 'test', choice: 'nothing', checks: [], rejected: [], amounts: [], calls: [] }`;
const context: RulesContext = {
  time: 1_221_436_800_000,
  zone: 'America/New_York',
  inputs: { price: '1192700000' },
};

const open = (code: string, limits: Partial<RulesLimits> = {}) =>
  openRules(new TextEncoder().encode(code), limits);

/** The choice of rules whose `decide` has this body. */
async function choose(body: string, inputs: Record<string, unknown> = {}): Promise<string> {
  const rules = await open(
    `export function decide(context, output) { const choice = (() => { ${body} })(); return { ...${verdict}, choice: String(choice) }; }`,
  );
  try {
    return rules.decide({ ...context, inputs }, null).choice;
  } finally {
    rules.dispose();
  }
}

async function failure(work: () => unknown): Promise<{ code: LichenErrorCode; message: string }> {
  try {
    await work();
  } catch (error) {
    if (isLichenError(error)) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

/** How a `decide` with this body fails. */
const failureOf = (body: string, limits: Partial<RulesLimits> = {}) =>
  failure(async () =>
    (await open(`export function decide(context, output) { ${body} }`, limits)).decide(context, null),
  );

describe('openRules', () => {
  it('gives rules the context and the model output, and reads their verdict', async () => {
    const rules = await open(`
      export const modelInput = ({ inputs }) => [Number(inputs.price) / 100, -1];
      export function decide({ time, zone, inputs }, output) {
        return {
          kind: 'intent', task: 'buy', choice: zone + ' ' + time, rejected: [{ option: 'wait', reason: 'cheap' }],
          checks: [{ rule: 'price', got: inputs.price, limit: '2000000000', passed: true }],
          amounts: [{ asset: 'pUSD', amount: String(-BigInt(inputs.price) * 2n) }],
          calls: [{ to: '0x' + '11'.repeat(20), data: '0xa9059cbb' + output.map((n) => n.toString(16).padStart(2, '0')).join('') }],
        };
      }`);
    expect(rules.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(rules.modelInput(context)).toEqual([11927000, -1]);
    expect(rules.decide(context, [1, 255])).toEqual({
      kind: 'intent',
      task: 'buy',
      choice: 'America/New_York 1221436800000',
      checks: [{ rule: 'price', got: '1192700000', limit: '2000000000', passed: true }],
      rejected: [{ option: 'wait', reason: 'cheap' }],
      amounts: [{ asset: 'pUSD', amount: '-2385400000' }],
      calls: [{ to: `0x${'11'.repeat(20)}`, data: '0xa9059cbb01ff' }],
    });
    rules.dispose();
    expect(() => rules.decide(context, null)).toThrow('disposed of');
  });

  it('asks no model where the code exports no modelInput', async () => {
    expect((await open(`export const decide = () => (${verdict})`)).modelInput(context)).toBeNull();
  });

  it('takes text from outside as text', async () => {
    const inputs = {
      page: '"}]\u0000\u2028</script> $1 \ud83d\ude00',
      __proto__: { a: 1 },
      nested: JSON.parse('{"__proto__":{"hacked":1},"2":1,"1":2}'),
    };
    const seen = await choose('return JSON.stringify([context.inputs, {}.hacked ?? "no"])', inputs);
    expect(seen).toBe(JSON.stringify([inputs, 'no']));
  });

  describe('no state', () => {
    it('a program that counts its calls cannot tell the second from the first', async () => {
      const rules = await open(`
        let calls = 0; const seen = []; const cache = new Map();
        export function decide() {
          calls++; seen.push(calls); cache.set(calls, 1); globalThis.count = (globalThis.count ?? 0) + 1;
          Array.prototype.count = (Array.prototype.count ?? 0) + 1; Math.count = (Math.count ?? 0) + 1;
          decide.count = (decide.count ?? 0) + 1;
          const told = [calls, seen.length, cache.size, globalThis.count, [].count, Math.count, decide.count];
          return { ...${verdict}, choice: told.join(' ') };
        }`);
      for (let call = 0; call < 20; call++) expect(rules.decide(context, null).choice).toBe('1 1 1 1 1 1 1');
      rules.dispose();
      const again = await openRules(
        new TextEncoder().encode(
          `let n = 0; export const decide = () => ({ ...${verdict}, choice: String(++n) })`,
        ),
      );
      expect(again.decide(context, null).choice).toBe('1');
    });

    it('not by spoiling the sandbox in a call that fails either', async () => {
      const code = `
        let calls = 0;
        export function decide({ inputs }) {
          calls++;
          if (inputs.how === 'loop') for (;;);
          if (inputs.how === 'memory') { const all = []; for (;;) all.push(new Uint8Array(1e6)); }
          if (inputs.how === 'throw') throw new Error('no');
          if (inputs.how === 'poison') { JSON.parse = JSON.stringify = Object.keys = () => 'x'; throw 1; }
          return { ...${verdict}, choice: String(calls) };
        }`;
      const rules = await open(code);
      for (const how of ['loop', 'memory', 'throw', 'poison', 'loop']) {
        expect(() => rules.decide({ ...context, inputs: { how } }, null)).toThrow();
        expect(rules.decide(context, null).choice).toBe('1');
      }
      rules.dispose();
      expect((await open(code)).decide(context, null).choice).toBe('1');
    });

    it('nor by feeling how much memory or stack is left', async () => {
      const deep = `let d = 0; const f = () => { d++; f(); }; try { f(); } catch { return d; }`;
      expect(await choose(deep)).toBe(await choose(`const all = Array(50000).fill('x'.repeat(9)); ${deep}`));
      // Running out may be caught inside; outside it always counts.
      const failed = await failureOf(
        `const all = []; try { for (;;) all.push(new Uint8Array(100000)); } catch {} return { ...${verdict}, choice: String(all.length) };`,
      );
      expect(failed.code).toBe('bad-input');
      expect(failed.message).toContain('too much memory');
    });
  });

  it('leaves its memory as it found it, byte for byte, whatever the code did', async () => {
    const { Memory } = WebAssembly;
    const memories: WebAssembly.Memory[] = [];
    WebAssembly.Memory = class extends Memory {
      constructor(descriptor: WebAssembly.MemoryDescriptor) {
        super(descriptor);
        memories.push(this);
      }
    };
    const bodies: Record<string, string> = {
      little: 'return',
      objects: 'const all = []; for (let i = 0; i < 50000; i++) all.push({ i }); kept = all;',
      buffers: 'kept = [new Uint8Array(3000001), new Uint8Array(1), new Float64Array(99999)];',
      text: `kept = 'x'.repeat(1e6).split('').join('y');`,
      grows: 'kept = Array.from({ length: 15 }, () => new Uint8Array(1e6).fill(7));',
      loop: 'for (;;);',
      memory: 'for (kept = []; ; ) kept.push(new Uint8Array(1e6).fill(1));',
      stack: 'try { (function deeper() { deeper(); })(); } catch {}',
      nested: 'kept = 1; for (let i = 0; i < 1000; i++) kept = [kept]; kept = JSON.stringify(kept);',
      regex: `/^(?:a|b)*c/.test('ab'.repeat(50000))`,
      sort: 'kept = Array.from({ length: 9999 }, (_, i) => (i * 7919) % 9999).sort((a, b) => a - b);',
      throws: 'throw new Error("x".repeat(1e5));',
    };
    try {
      const rules =
        await open(`let kept; const runs = { ${Object.entries(bodies).map(([name, body]) => `${name}() { ${body} }`)} };
        export function decide({ inputs }) { runs[inputs.run](); return ${verdict}; }`);
      const hash = () => {
        const bytes = new Uint8Array(memories.at(-1)!.buffer);
        // Memory that grew stays grown, and what grew is zero.
        expect(bytes.subarray(2 ** 24).every((byte) => byte === 0)).toBe(true);
        return blobHashOf(bytes.subarray(0, 2 ** 24));
      };
      const first = hash();
      for (const run of [...Object.keys(bodies), ...Object.keys(bodies).reverse()]) {
        try {
          rules.decide({ ...context, inputs: { run } }, null);
        } catch {}
        expect(hash(), run).toBe(first);
      }
      expect(memories.at(-1)!.buffer.byteLength).toBe(2 ** 25);
    } finally {
      WebAssembly.Memory = Memory;
    }
  });

  it('has no clock, chance, network, host or maker of code within reach', async () => {
    const names = [
      'Date',
      'Intl',
      'performance',
      'Math.random',
      'WeakRef',
      'FinalizationRegistry',
      'SharedArrayBuffer',
      'Atomics',
      'eval',
      'Function',
      'Proxy',
      'Promise',
      'fetch',
      'process',
      'require',
      'console',
      'setTimeout',
      'crypto',
      'WebAssembly',
      'navigator',
      'print',
      'scriptArgs',
      'std',
      'os',
      'bjson',
      'queueMicrotask',
      'structuredClone',
    ];
    const found = await choose(
      `return ${JSON.stringify(names)}.filter((name) => name.split('.').reduce((at, key) => at?.[key], globalThis) !== undefined).join()`,
    );
    expect(found).toBe('');
    const makers = `[function () {}, () => {}, class {}, function* () {}, async () => {}, async function* () {}, [].map, ''.at]`;
    expect(
      await choose(
        `const made = []; for (const maker of ${makers}) { made.push(maker.constructor === Object); } return made.join()`,
      ),
    ).toBe('true,true,true,true,true,true,true,true');
    expect(await choose(`return Object.getOwnPropertyNames(globalThis).length`)).toBe('50');
  });

  it('computes floats the same way everywhere', async () => {
    expect(
      await choose(
        'return [0.1 + 0.2, Math.sin(1e6), Math.exp(1.5), Math.pow(1.1, 77), (0.1).toFixed(20)].join()',
      ),
    ).toBe(
      '0.30000000000000004,-0.34999350217129294,4.4816890703380645,1538.9933993880381,0.10000000000000000555',
    );
    expect(
      await choose(
        `return ['b', 'a', 'ä'].sort((x, y) => x.localeCompare(y)).join('') + (1234.5).toLocaleString()`,
      ),
    ).toBe('abä1234.5');
  });

  describe('hostile code', () => {
    it.each([
      ['endless loop', 'for (;;);', 'timeout'],
      [
        'endless loop that catches',
        'for (;;) { try { for (;;); } catch {} finally { continue; } }',
        'timeout',
      ],
      ['a regular expression that explodes', `/^(a+)+$/.test('a'.repeat(60) + 'b'); for (;;);`, 'timeout'],
      [
        'endless iterator',
        'for (const _ of { [Symbol.iterator]: () => ({ next: () => ({ done: false }) }) });',
        'timeout',
      ],
      ['endless getter in the verdict', `return { ...${verdict}, get choice() { for (;;); } }`, 'timeout'],
      [
        'memory bomb',
        `let all = 'x'; const kept = []; for (;;) kept.push((all += all).split(''));`,
        'bad-input',
      ],
      ['huge text', `return { ...${verdict}, choice: 'x'.repeat(5e6) }`, 'bad-input'],
      ['text past a decision', `return { ...${verdict}, choice: 'x'.repeat(5000) }`, 'bad-input'],
      ['text that is no Unicode', `return { ...${verdict}, choice: '\\ud800' }`, 'bad-input'],
      ['deep recursion', 'return decide(context, output)', 'bad-input'],
      ['deep JSON', `return JSON.parse('['.repeat(200000))`, 'bad-input'],
      ['a verdict that holds itself', `const v = ${verdict}; v.checks.push(v); return v`, 'bad-input'],
      ['an unknown field', `return { ...${verdict}, extra: 1 }`, 'bad-input'],
      ['a missing field', `const { calls, ...rest } = ${verdict}; return rest`, 'bad-input'],
      [
        'a prototype in the verdict',
        `return JSON.parse('{"__proto__":{"polluted":1},"constructor":1}')`,
        'bad-input',
      ],
      ['a float', `return { ...${verdict}, amounts: [{ asset: 'a', amount: '1.5' }] }`, 'bad-input'],
      ['a number for text', `return { ...${verdict}, amounts: [{ asset: 'a', amount: 5 }] }`, 'bad-input'],
      ['NaN', `return { ...${verdict}, choice: NaN }`, 'bad-input'],
      ['a BigInt', `return { ...${verdict}, choice: 1n }`, 'bad-input'],
      ['a symbol', `return Symbol('x')`, 'bad-input'],
      ['a function', 'return decide', 'bad-input'],
      ['nothing', '', 'bad-input'],
      ['null', 'return null', 'bad-input'],
      ['a list', 'return []', 'bad-input'],
      ['an intent without calls', `return { ...${verdict}, kind: 'intent' }`, 'bad-input'],
      [
        'a refusal with calls',
        `return { ...${verdict}, calls: [{ to: '0x' + '0'.repeat(40), data: '0x00000000' }] }`,
        'bad-input',
      ],
      ['another kind', `return { ...${verdict}, kind: 'outcome' }`, 'bad-input'],
      [
        'a call without a selector',
        `return { ...${verdict}, kind: 'intent', calls: [{ to: '0x' + '0'.repeat(40), data: '0x' }] }`,
        'bad-input',
      ],
      [
        'native money in a call',
        `return { ...${verdict}, kind: 'intent', calls: [{ to: '0x' + '0'.repeat(40), data: '0x00000000', value: '1' }] }`,
        'bad-input',
      ],
      [
        '257 checks',
        `return { ...${verdict}, checks: Array(257).fill({ rule: '', got: '', limit: '', passed: true }) }`,
        'bad-input',
      ],
      ['a promise of a verdict', `return (async () => (${verdict}))()`, 'bad-input'],
      ['a thenable', `return { then() {} }`, 'bad-input'],
      ['toJSON that answers text', `return { toJSON: () => 'x' }`, 'bad-input'],
      ['throwing null', 'throw null', 'bad-input'],
      ['throwing undefined', 'throw undefined', 'bad-input'],
      ['throwing a symbol', `throw Symbol('x')`, 'bad-input'],
      ['throwing what cannot be read', 'throw { get name() { throw this; } }', 'bad-input'],
      ['throwing what takes for ever to read', 'throw { get message() { for (;;); } }', 'timeout'],
      ['import()', `return import('node:fs')`, 'bad-input'],
    ] as const)('%s', async (_, body, code) => {
      const failed = await failureOf(body);
      expect(failed.code).toBe(code);
      expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    });

    it('a verdict made by getters, toJSON or a changed JSON is read as the data that it is', async () => {
      for (const body of [
        `return { ...${verdict}, get choice() { return 'x'; } }`,
        `return { toJSON: () => ({ ...${verdict}, choice: 'x' }) }`,
        `JSON.stringify = () => 'hacked'; Object.prototype.toJSON = function () { delete Object.prototype.toJSON; return { ...${verdict}, choice: 'x' }; }; return {}`,
      ]) {
        const rules = await open(`export function decide() { ${body} }`);
        const answer = rules.decide(context, null);
        expect(answer.choice).toBe('x');
        expect(Object.getPrototypeOf(answer)).toBe(Object.prototype);
      }
    });

    it('says what it threw, without what steers a terminal', async () => {
      const failed = await failureOf(`throw new RangeError('\\u001b[31mred\\u202e\\n')`);
      expect(failed.message).toBe(
        [
          'The rules failed.',
          '  got:      decide: RangeError:  [31mred  ',
          '  expected: an answer',
          '  next:     Correct the rules; docs/spec/rules.md says what they may use.',
        ].join('\n'),
      );
    });

    it('names the field of a verdict that is wrong', async () => {
      const failed = await failureOf(
        `return { ...${verdict}, checks: [{ rule: 'a', got: '1', limit: '2', passed: 'yes' }] }`,
      );
      expect(failed.message).toContain('verdict.checks.0.passed: "yes"');
    });

    it('breaks only itself where it exhausts the stack of the machine', async () => {
      const rules = await open(
        `export function decide({ inputs }) { let all = 1; for (let i = 0; i < inputs.deep; i++) all = [all]; JSON.stringify(all); return ${verdict}; }`,
      );
      const deep = { ...context, inputs: { deep: 200_000 } };
      expect((await failure(() => rules.decide(deep, null))).code).toBe('internal');
      expect((await failure(() => rules.decide({ ...context, inputs: { deep: 1 } }, null))).code).toBe(
        'internal',
      );
      rules.dispose();
      const others = await open(`export const decide = () => (${verdict})`);
      expect(others.decide(context, null).choice).toBe('nothing');
    });
  });

  it.each([
    ['an import', `import fs from 'node:fs'; export const decide = () => (${verdict})`],
    [
      'an import of itself by URL',
      `import 'data:text/javascript,1'; export const decide = () => (${verdict})`,
    ],
    ['top-level await', `await 1; export const decide = () => (${verdict})`],
    [
      'top-level await of nothing',
      `await new (Object.getPrototypeOf(async () => {})).constructor(); export const decide = 1`,
    ],
    ['no syntax', 'export function decide( {'],
    ['a script', `decide = () => (${verdict})`],
    ['no decide', 'export const rules = 1'],
    ['decide is no function', 'export const decide = 1'],
    ['throws on loading', `throw { toJSON() { throw 1 } }`],
    ['an empty file', ''],
    ['a zero byte', `export const decide = () => (${verdict})\0`],
    ['too long', `/*${'x'.repeat(256 * 1024)}*/ export const decide = () => (${verdict})`],
    ['deeply nested', `export const decide = ${'('.repeat(100_000)}1${')'.repeat(100_000)}`],
  ])('refuses to open %s', async (name, code) => {
    expect((await failure(() => open(code))).code).toBe(name === 'deeply nested' ? 'internal' : 'bad-input');
  });

  it('refuses to open what loops on loading, and bytes that are no UTF-8', async () => {
    expect((await failure(() => open('for (;;);'))).code).toBe('timeout');
    expect((await failure(() => openRules(Uint8Array.of(0xff, 0xfe)))).code).toBe('bad-input');
  });

  it('refuses inputs that are too large or too deep before the sandbox sees them', async () => {
    const rules = await open(`export const decide = () => (${verdict})`);
    let deep: unknown = 1;
    for (let level = 0; level < 100; level++) deep = [deep];
    let cyclic: Record<string, unknown> = {};
    cyclic = Object.assign(cyclic, { cyclic });
    for (const inputs of [{ text: 'x'.repeat(2 ** 20) }, { deep }, cyclic, { big: 1n }]) {
      expect((await failure(() => rules.decide({ ...context, inputs }, null))).code).toBe('bad-input');
    }
    expect(rules.decide({ ...context, inputs: { text: '[{"\\"['.repeat(1_000) } }, null).choice).toBe(
      'nothing',
    );
  });

  it.each([
    ['floats', '[1.5]'],
    ['text in a list', `['1']`],
    ['an object', '{}'],
    ['a number', '1'],
    ['infinity', '[1e999]'],
    ['too much', 'Array(70000).fill(1)'],
  ])('refuses %s as a model input', async (_, value) => {
    const rules = await open(
      `export const modelInput = () => (${value}); export const decide = () => (${verdict})`,
    );
    expect((await failure(() => rules.modelInput(context))).code).toBe('bad-input');
  });

  it('counts steps, not milliseconds: the bound falls on the same turn each time', async () => {
    const code = `export function decide({ inputs }) { for (let i = 0; i < inputs.turns; i++); return ${verdict}; }`;
    const bounds = new Set<number>();
    for (let round = 0; round < 3; round++) {
      const rules = await open(code, { steps: 100_000 });
      let [fits, fails] = [1_000, 120_000];
      while (fails - fits > 1) {
        const turns = (fits + fails) >> 1;
        try {
          rules.decide({ ...context, inputs: { turns } }, null);
          fits = turns;
        } catch (error) {
          expect(isLichenError(error) && error.code).toBe('timeout');
          fails = turns;
        }
      }
      bounds.add(fits);
      // Not disposed of: the next round opens another sandbox.
    }
    expect([...bounds]).toHaveLength(1);
    expect([...bounds][0]).toBeGreaterThan(40_000);
    expect([...bounds][0]).toBeLessThan(110_000);
  });
});
