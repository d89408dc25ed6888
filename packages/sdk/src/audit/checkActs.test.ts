import type { Decision, Execution } from '@lichen/protocol';
import { blankDecision, blobHashOf } from '@lichen/protocol';
import { type Address, type Hex, hexToBytes, zeroHash } from 'viem';
import { describe, expect, test } from 'vitest';
import type { AnchoredHead } from './accountEvents.ts';
import type { AuditFindingInit } from './auditFinding.ts';
import { checkActs } from './checkActs.ts';
import { createJournalMemory } from './journalMemory.ts';
import type { ChainAct } from './readActs.ts';

const address = (byte: string) => `0x${byte.repeat(20)}` as Address;
const [agent, account, token] = [address('aa'), address('bb'), address('cc')];
const mandate: Hex = `0x${'11'.repeat(32)}`;
const leafHash = '22'.repeat(32);
const data: Hex = `0xa9059cbb${'00'.repeat(64)}`;
const call: Execution = { target: token, value: 0n, callData: data };

const decision = (change: Partial<Decision> = {}): Decision => ({
  ...blankDecision,
  act: {
    account,
    calls: [{ dataSha256: blobHashOf(hexToBytes(data)), selector: '0xa9059cbb', to: token }],
    chainId: 7,
    mandate,
    nonce: 3,
  },
  agent: `eip155:7:${agent}`,
  choice: 'pay',
  kind: 'intent',
  previous: null,
  rules: { sha256: zeroHash.slice(2), version: '1' },
  seq: 0,
  task: 'test',
  time: 1_000_000,
  v: 1,
  zone: 'UTC',
  ...change,
});

const actWith = (change: Partial<ChainAct> = {}): ChainAct => ({
  id: mandate,
  intent: `0x${leafHash}`,
  transaction: zeroHash,
  block: 50,
  logIndex: 1,
  time: 1_010,
  uses: [],
  by: 'key',
  nonce: 3,
  calls: [call],
  moved: new Map(),
  ...change,
});

const headAt = (block: number, size: number, time: number): AnchoredHead => ({
  block,
  logIndex: 0,
  transaction: zeroHash,
  time,
  size,
  root: zeroHash,
});

function audit(init: {
  readonly act?: Partial<ChainAct>;
  readonly intent?: Partial<Decision>;
  readonly before?: readonly Decision[];
  readonly heads?: readonly AnchoredHead[];
}) {
  const findings: AuditFindingInit[] = [];
  const memory = createJournalMemory(`eip155:7:${agent}`, 7, (finding) => findings.push(finding));
  const before = init.before ?? [];
  for (const [index, each] of before.entries()) memory.take(index, each, `${index}`.padStart(64, '0'));
  memory.take(before.length, decision(init.intent), leafHash);
  const { order } = checkActs({
    acts: [actWith(init.act)],
    memory,
    account,
    chainId: 7,
    isAnchorKnown: init.heads !== undefined,
    heads: init.heads ?? [],
    toleranceMs: 60_000,
    anchorMs: 600_000,
    headTime: 2_000_000,
    hash: undefined,
    find: (finding) => findings.push(finding),
  });
  return { codes: findings.map(({ code, severity = 'fault' }) => `${severity} ${code}`), order };
}

const refusal = (change: Partial<Decision> = {}) => decision({ kind: 'refusal', act: null, ...change });

describe('an act and its intent', () => {
  test('the same', () => {
    expect(audit({}).codes).toEqual([]);
  });

  test.each([
    ['data', { calls: [{ ...call, callData: `${data.slice(0, -1)}1` as Hex }] }],
    ['target', { calls: [{ ...call, target: agent }] }],
    ['selector', { calls: [{ ...call, callData: `0xdeadbeef${data.slice(10)}` as Hex }] }],
    ['value', { calls: [{ ...call, value: 1n }] }],
    ['one more', { calls: [call, call] }],
    ['none', { calls: [] }],
  ])('another call: %s', (_, act) => {
    expect(audit({ act }).codes).toEqual(['fault calls-differ']);
  });

  test.each([
    ['mandate', { id: `0x${'12'.repeat(32)}` as Hex }],
    ['nonce', { nonce: 4 }],
    ['an operation', { by: 'operation' as const, nonce: null }],
  ])('another way: %s', (_, act) => {
    expect(audit({ act }).codes).toEqual(['fault act-differs']);
  });

  test.each([
    ['chain', { chainId: 8 }],
    ['account', { account: agent }],
    ['no mandate', { mandate: null }],
    ['no nonce', { nonce: null }],
  ])('announced for another: %s', (_, act) => {
    expect(audit({ intent: { act: { ...decision().act!, ...act } } }).codes).toEqual(['fault act-differs']);
  });

  test('announced as nothing at all', () => {
    expect(audit({ intent: { act: null } }).codes).toEqual(['fault calls-differ', 'fault act-differs']);
  });

  test('calls that cannot be seen are compared as far as their events go', () => {
    const use = {
      name: 'MandateUsed' as const,
      id: mandate,
      intent: `0x${leafHash}` as Hex,
      target: token,
      selector: '0xa9059cbb' as Hex,
      amount: 1n,
      block: 50,
      logIndex: 1,
      transaction: zeroHash as Hex,
      time: 1_010,
    };
    const unseen = { by: 'unknown' as const, calls: undefined, nonce: null };
    expect(audit({ act: { ...unseen, uses: [use] } }).codes).toEqual(['fault act-unreadable']);
    expect(audit({ act: { ...unseen, uses: [{ ...use, target: agent }] } }).codes).toEqual([
      'fault calls-differ',
      'fault act-unreadable',
    ]);
  });
});

describe('checks of its own', () => {
  const failed = { rule: 'drawdown', got: '3', limit: '2', passed: false };
  const silent = { rule: 'runtime: model', got: 'no answer', limit: 'an answer', passed: false };
  const model = {
    id: 'm',
    input: '0'.repeat(64),
    kind: 'language' as const,
    output: '0'.repeat(64),
    settings: '',
  };

  test('one that failed', () => {
    expect(audit({ intent: { checks: [failed] } }).codes).toEqual(['fault check-failed']);
  });

  test('a language model that did not answer is no failure, once; any other excuse is one', () => {
    expect(audit({ intent: { checks: [silent], model } }).codes).toEqual([]);
    expect(audit({ intent: { checks: [silent, silent], model } }).codes).toEqual(['fault check-failed']);
    expect(audit({ intent: { checks: [silent], model: { ...model, kind: 'integer' } } }).codes).toEqual([
      'fault check-failed',
    ]);
    expect(audit({ intent: { checks: [silent] } }).codes).toEqual(['fault check-failed']);
  });
});

describe('which was first', () => {
  test('a head before the act, after it, or none: shown, shown later, not shown', () => {
    expect(audit({ heads: [headAt(40, 1, 1_000)] }).order).toEqual({ before: 1, after: 0, never: 0 });
    expect(audit({ heads: [headAt(60, 1, 1_900)] }).order).toEqual({ before: 0, after: 1, never: 0 });
    const never = audit({ heads: [headAt(40, 0, 1_000)] });
    expect(never).toEqual({ codes: ['warning intent-unanchored'], order: { before: 0, after: 0, never: 1 } });
  });

  test('a head behind the act without the intent: one that was under way is no proof, a later one is', () => {
    const before = [refusal()];
    expect(audit({ before, heads: [headAt(51, 1, 1_070), headAt(60, 2, 1_500)] }).codes).toEqual([]);
    expect(audit({ before, heads: [headAt(51, 1, 1_071), headAt(60, 2, 1_500)] }).codes).toEqual([
      'fault intent-late',
    ]);
    // In the same block, the order of the logs tells.
    expect(audit({ before, heads: [{ ...headAt(50, 1, 1_010), logIndex: 0 }] }).codes).toEqual([
      'warning intent-unanchored',
    ]);
  });

  test('dated after the act, by more than the clocks may differ', () => {
    expect(audit({ intent: { time: 1_070_000 } }).codes).toEqual([]);
    expect(audit({ intent: { time: 1_070_001 } }).codes).toEqual(['fault intent-late']);
  });

  test('behind an entry that knows a later block, or is dated later', () => {
    const reading = (block: number, chainId: number) => ({
      at: 1,
      isPrivate: false,
      mediaType: 'application/json',
      name: 'price',
      provenance: { by: 'chain' as const, block, chainId, logIndex: null },
      sha256: '0'.repeat(64),
      uri: 'test',
    });
    expect(audit({ before: [refusal({ inputs: [reading(50, 7)] })] }).codes).toEqual([]);
    expect(audit({ before: [refusal({ inputs: [reading(51, 7)] })] }).codes).toEqual(['fault intent-late']);
    expect(audit({ before: [refusal({ inputs: [reading(51, 8)] })] }).codes).toEqual([]);
    // A clock that was set back does that, too.
    expect(audit({ before: [refusal({ time: 1_070_001 })] }).codes).toEqual(['warning intent-late']);
  });
});

describe('pauses', () => {
  const pause = (choice: string, time: number) => refusal({ kind: 'pause', choice, time });

  test('recorded while paused; after it went on; stopped is not paused', () => {
    expect(audit({ before: [pause('pause', 900_000)] }).codes).toEqual(['fault acted-while-paused']);
    expect(audit({ before: [pause('pause', 900_000), pause('resume', 950_000)] }).codes).toEqual([]);
    expect(audit({ before: [pause('stop', 900_000)] }).codes).toEqual([]);
    // Paused twice is paused; one word lets it go on.
    const twice = [pause('pause', 900_000), pause('pause', 910_000), pause('resume', 950_000)];
    expect(audit({ before: twice }).codes).toEqual([]);
  });
});

test('a use by the owner’s hand is not the agent’s', () => {
  expect(audit({ act: { by: 'account', intent: `0x${'99'.repeat(32)}` } }).codes).toEqual([
    'warning act-by-account',
  ]);
});

test('a journal of another agent is named once', () => {
  const { codes } = audit({
    before: [refusal({ agent: 'eip155:7:somebody' }), refusal({ agent: 'eip155:7:somebody' })],
  });
  expect(codes).toEqual(['fault agent-differs']);
});
