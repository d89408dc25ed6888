import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import type { Decision, InputProvenance } from './decision.ts';
import { decisionKinds } from './decision.ts';
import { decodeDecision } from './decodeDecision.ts';
import { encodeDecision } from './encodeDecision.ts';
import { blobHashOf, openPrivate, sealPrivate } from './privateBlob.ts';

const hash = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => Buffer.from(bytes).toString('hex'));
const hex = fc
  .uint8Array({ maxLength: 40 })
  .map((bytes) => `0x${Buffer.from(bytes).toString('hex')}` as const);
const text = fc.string({ unit: 'grapheme', maxLength: 40 });
const count = fc.nat(Number.MAX_SAFE_INTEGER);
const decimal = fc.bigInt({ min: -(2n ** 128n), max: 2n ** 128n }).map(String);
const maybe = <Value>(arbitrary: fc.Arbitrary<Value>) => fc.option(arbitrary, { nil: null });
const few = <Value>(arbitrary: fc.Arbitrary<Value>) => fc.array(arbitrary, { maxLength: 3 });

const provenance: fc.Arbitrary<InputProvenance> = fc.oneof(
  fc.record({ by: fc.constant('chain' as const), block: count, chainId: count, logIndex: maybe(count) }),
  fc.record({ by: fc.constant('signature' as const), signature: text, signer: text }),
  fc.record({ by: fc.constant('receipt' as const), receipt: text }),
  fc.record({ by: fc.constantFrom('transport' as const, 'operator' as const) }),
);

const decisions: fc.Arbitrary<Decision> = fc.record({
  v: fc.constant(1 as const),
  agent: fc.constant('eip155:31338:0x00000000000000000000000000000000000000aa'),
  seq: count,
  previous: maybe(hash),
  time: count,
  zone: fc.constantFrom('UTC', 'America/New_York'),
  kind: fc.constantFrom(...decisionKinds),
  task: text,
  refersTo: maybe(hash),
  inputs: few(
    fc.record({
      name: text,
      uri: text,
      mediaType: text,
      sha256: hash,
      at: count,
      isPrivate: fc.boolean(),
      provenance,
    }),
  ),
  rules: fc.record({ version: text, sha256: hash }),
  model: maybe(
    fc.record({
      kind: fc.constantFrom('integer' as const, 'language' as const),
      id: text,
      settings: text,
      input: hash,
      output: hash,
    }),
  ),
  choice: text,
  rejected: few(fc.record({ reason: text, option: text })),
  checks: few(fc.record({ rule: text, passed: fc.boolean(), got: text, limit: text })),
  act: maybe(
    fc.record({
      chainId: count,
      account: text,
      mandate: maybe(hex),
      nonce: maybe(count),
      calls: few(fc.record({ to: text, selector: hex, dataSha256: hash })),
    }),
  ),
  result: maybe(
    fc.record({
      status: fc.constantFrom('pending', 'settled', 'failed', 'unknown'),
      transaction: maybe(hex),
      block: maybe(count),
      reason: text,
    }),
  ),
  amounts: few(fc.record({ asset: text, amount: decimal })),
});

/** RFC 8785 for values without fractions: keys sorted by their UTF-16 units, ECMAScript's own strings and numbers. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(',')}}`;
}

property.prop([decisions])('round trip, in the order of RFC 8785', (decision) => {
  const bytes = encodeDecision(decision);
  expect(Buffer.from(bytes).toString()).toBe(canonical(decision));
  expect(decodeDecision(bytes)).toEqual(decision);
});

describe('one spelling', () => {
  const sample = fc.sample(decisions, { numRuns: 1, seed: 7 })[0]!;
  const written = Buffer.from(encodeDecision({ ...sample, task: 'rebalance', seq: 5 })).toString();
  const read = (json: string) => () => decodeDecision(Buffer.from(json));

  test('other spellings of the same decision', () => {
    expect(read(written)).not.toThrow();
    expect(read(` ${written}`)).toThrow('one spelling');
    expect(read(written.replace('"seq":5', '"seq":5.0'))).toThrow('one spelling');
    expect(read(written.replace('"seq":5', '"seq":4,"seq":5'))).toThrow('one spelling');
    expect(read(written.replace('"rebalance"', '"\\u0072ebalance"'))).toThrow('one spelling');
    expect(read(`\ufeff${written}`)).toThrow('no decision');
  });

  test('what is no decision', () => {
    expect(read('')).toThrow('no decision');
    expect(read(written.replace('"v":1', '"v":2'))).toThrow('v: ');
    expect(read(written.replace('"seq":5', '"seq":5.5'))).toThrow('seq: ');
    expect(read(written.replace('"seq":5', '"seq":-5'))).toThrow('seq: ');
    expect(read(written.replace('"seq":5', '"extra":1,"seq":5'))).toThrow('no decision');
    expect(() => decodeDecision(Uint8Array.of(0x22, 0xff, 0x22))).toThrow('no decision');
  });

  test('text that is no Unicode is refused when it is written', () => {
    expect(() => encodeDecision({ ...sample, choice: 'a\ud800b' })).toThrow('no Unicode');
    expect(() => encodeDecision({ ...sample, choice: '\udc00' })).toThrow('no Unicode');
    expect(() => encodeDecision({ ...sample, choice: 'lichen \u{1f33f} \\ud83c' })).not.toThrow();
  });
});

test('private blobs', () => {
  const salt = new Uint8Array(32).fill(7);
  const content = Buffer.from('buy');
  const blob = sealPrivate(content, salt);
  expect(Buffer.from(openPrivate(blob)).toString()).toBe('buy');
  expect(blobHashOf(blob)).not.toBe(blobHashOf(content));
  expect(() => sealPrivate(content, new Uint8Array(8))).toThrow('wrong length');
});
