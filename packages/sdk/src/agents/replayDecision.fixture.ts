import {
  blankDecision,
  blobHashOf,
  type Decision,
  type DecisionCheck,
  type DecisionInput,
  encodeModel,
  modelIdOf,
  sealPrivate,
} from '@lichen/protocol';
import { hexToBytes } from 'viem';
import { contextOf } from './contextOf.ts';
import { openRules } from './openRules.ts';
import { integerModelOutput } from './replayModel.ts';
import type { ModelValue } from './rules.ts';

const utf8 = new TextEncoder();

/** Buys when the model's score, or the language model's word, is for it. */
export const tradingRules = `
export function modelInput({ inputs }) {
  if (inputs.market === undefined) return null;
  if (inputs.ask === 'language') return 'Should I buy at ' + inputs.market.open + '? Answer yes or no.';
  if (inputs.ask === 'nothing') return null;
  return [Number(inputs.market.open) % 128, 5, inputs.note.length % 128, 7];
}
export function decide({ time, zone, inputs }, output) {
  if (inputs.market === undefined) throw new Error('no market');
  const score = output === null ? 'unknown' : typeof output === 'string' ? output : String(output[0]);
  const buys = typeof output === 'string' ? /yes/i.test(output) : output !== null && output[0] > -1000000;
  const checks = [
    { rule: 'score', got: score, limit: 'yes', passed: buys },
    { rule: 'note', got: inputs.note, limit: '', passed: true },
    { rule: 'time', got: time + ' ' + zone, limit: '', passed: true },
  ];
  const common = { task: 'trade ' + inputs.market.day, checks, rejected: [{ option: 'sell', reason: 'none held' }] };
  return buys
    ? { kind: 'intent', choice: 'buy', amounts: [{ asset: 'pUSD', amount: '-5000000' }], ...common,
        calls: [{ to: '0x' + 'Aa'.repeat(20), data: '0xa9059cbb' + '00'.repeat(63) + '05' }] }
    : { kind: 'refusal', choice: 'hold', amounts: [], ...common, calls: [] };
}`;

/** Four inputs, one output, -3 to 3 as weights. */
export const modelBlob = encodeModel({
  inputs: 4,
  layers: [{ outputs: 1, shift: 0, weights: Int8Array.of(1, -2, 3, 2), biases: Int32Array.of(10) }],
  knots: [],
});

export interface Recorded {
  readonly decision: Decision;
  readonly blobs: Map<string, Uint8Array>;
}

export interface Scene {
  readonly ask?: 'integer' | 'language' | 'nothing';
  /** What a language model answers; null: nothing. */
  readonly answer?: string | null;
  readonly open?: string;
  readonly rules?: string;
  /** The mandate refuses what the rules want. */
  readonly refusedBy?: 'mandate' | 'paused';
  readonly hasMarket?: boolean;
}

const check = (stage: string): DecisionCheck => ({
  rule: `runtime: ${stage}`,
  got: 'why',
  limit: '',
  passed: false,
});

/** A decision as the runtime of an agent records it, with its blobs: packages/agent/src/runtime. */
export async function recordDecision(scene: Scene = {}): Promise<Recorded> {
  const { ask = 'integer', answer = 'Yes.', open = '1192700000', refusedBy, hasMarket = true } = scene;
  const blobs = new Map<string, Uint8Array>();
  const keep = (bytes: Uint8Array) => {
    const sha256 = blobHashOf(bytes);
    blobs.set(sha256, bytes);
    return sha256;
  };
  const input = (name: string, mediaType: string, bytes: Uint8Array, isPrivate = false): DecisionInput => ({
    at: 1_221_436_799_000,
    isPrivate,
    mediaType,
    name,
    provenance: { by: 'transport' },
    sha256: keep(isPrivate ? sealPrivate(bytes, new Uint8Array(32).fill(9)) : bytes),
    uri: `https://example.invalid/${name}`,
  });
  const market = utf8.encode(
    `{ "day": "2008-09-15", "open": "${open}", "bars": [["2008-09-12", "1", "2"]] }`,
  );
  const inputs = [
    ...(hasMarket ? [input('market', 'application/json', market)] : []),
    input('note', 'text/plain', utf8.encode('calm seas'), true),
    input('ask', 'text/plain; charset=utf-8', utf8.encode(ask)),
    input('picture', 'image/png', Uint8Array.of(0xff, 0xfe)),
  ];
  const code = utf8.encode(scene.rules ?? tradingRules);
  const rules = { sha256: keep(code), version: '1' };
  const point = { time: 1_221_436_800_000, zone: 'America/New_York', inputs };
  const context = contextOf(point, blobs);
  const running = await openRules(code);
  const blank = {
    ...blankDecision,
    agent: 'eip155:31337:0x00000000000000000000000000000000000000aa',
    choice: 'nothing',
    kind: 'refusal',
    previous: 'ab'.repeat(32),
    rules,
    seq: 7,
    task: 'rules',
    v: 1,
    ...point,
  } as const satisfies Decision;
  let model: Decision['model'] = null;
  try {
    const question = running.modelInput(context);
    let output: ModelValue | null = null;
    const runtime: DecisionCheck[] = [];
    if (question !== null) {
      output = typeof question === 'string' ? answer : integerModelOutput(modelBlob, question);
      if (output === null) runtime.push(check('model'));
      const hash = (value: unknown) => keep(utf8.encode(JSON.stringify(value)));
      model = {
        id: ask === 'language' ? 'vendor/large-1' : modelIdOf(modelBlob),
        input: hash(question),
        kind: ask === 'language' ? 'language' : 'integer',
        output: hash(output),
        settings: ask === 'language' ? '{"temperature":0}' : '',
      };
      if (ask === 'integer') inputs.push(input('model', 'application/vnd.lichen.integer-model', modelBlob));
    }
    const verdict = running.decide(context, output);
    const isIntent = verdict.kind === 'intent' && refusedBy === undefined;
    if (verdict.kind === 'intent') {
      const calls = verdict.calls.map(({ to, data }) => ({ to, data }));
      inputs.push(input('calls', 'application/json', utf8.encode(JSON.stringify(calls))));
      if (refusedBy !== undefined) runtime.push(check(refusedBy));
    }
    const decision: Decision = {
      ...blank,
      kind: isIntent ? 'intent' : 'refusal',
      task: verdict.task,
      choice: verdict.choice,
      checks: [...verdict.checks, ...runtime],
      rejected: verdict.rejected,
      amounts: verdict.amounts,
      model,
      act: isIntent
        ? {
            account: `0x${'bb'.repeat(20)}`,
            calls: verdict.calls.map(({ to, data }) => ({
              dataSha256: blobHashOf(hexToBytes(data)),
              selector: data.slice(0, 10) as `0x${string}`,
              to,
            })),
            chainId: 31_337,
            mandate: `0x${'cc'.repeat(32)}`,
            nonce: 3,
          }
        : null,
    };
    return { decision, blobs };
  } catch {
    return { decision: { ...blank, model, checks: [check('rules')] }, blobs };
  } finally {
    running.dispose();
  }
}
