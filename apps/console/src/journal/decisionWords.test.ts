import type { Decision } from '@lichen/protocol';
import { blankDecision } from '@lichen/protocol';
import { expect, it } from 'vitest';
import {
  agentName,
  checkSign,
  detailText,
  formatMoment,
  outcomeOf,
  provenanceText,
  resultOf,
  shortText,
  writerName,
} from './decisionWords.ts';

const address = `0x${'aB'.repeat(20)}` as const;
const config = { reporters: [{ index: 1, address, url: 'http://127.0.0.1:1' }] };
const base: Decision = {
  ...blankDecision,
  agent: `eip155:31338:${address.toLowerCase()}`,
  choice: 'sign',
  kind: 'intent',
  previous: null,
  rules: { sha256: '0'.repeat(64), version: '1' },
  seq: 0,
  task: 'report round 1',
  time: 1,
  v: 1,
  zone: 'UTC',
};

it('calls a reporter by its number and a stranger by its address', () => {
  expect(writerName(config, address)).toBe('Reporter 2');
  expect(agentName(config, base)).toBe('Reporter 2');
  expect(writerName(config, `0x${'1'.repeat(40)}`)).toBe('0x1111…1111');
});

it('finds what came of an intent', () => {
  const intent = { decision: base, index: 0, leafHash: 'a'.repeat(64) };
  const result = { block: 4, reason: '', status: 'settled', transaction: null } as const;
  const outcome = {
    decision: { ...base, kind: 'outcome' as const, refersTo: intent.leafHash, result },
    index: 1,
    leafHash: 'b'.repeat(64),
  };
  expect(outcomeOf([outcome, intent], intent.leafHash)).toBe(outcome);
  const canceller = {
    decision: { ...base, refersTo: intent.leafHash },
    index: 2,
    leafHash: 'c'.repeat(64),
  };
  expect(outcomeOf([canceller, outcome, intent], intent.leafHash)).toBe(outcome);
  expect(outcomeOf([canceller, intent], intent.leafHash)).toBeUndefined();
  expect(resultOf([outcome, intent], intent)).toEqual(result);
  expect(resultOf([intent], intent)).toBeNull();
});

it('says how far an input can be trusted, and shows no text that turns itself around', () => {
  expect(provenanceText({ by: 'operator' })).toContain('own word');
  expect(provenanceText({ by: 'signature', signer: '\u202eevil', signature: '' })).toBe(
    'Signed by \\u202eevil',
  );
  expect(shortText(`features of 0x${'12'.repeat(32)}`)).toBe('features of 0x1212…1212');
  expect(shortText(`rules 1 ${'ab'.repeat(32)}, 0x12`)).toBe('rules 1 ababab…abab, 0x12');
});

it('names witnesses of the network’s own policy as reporters, and no others', () => {
  expect(detailText('w2-1, w2-2, w3-1 saw this head', true)).toBe('reporters 2, 3 saw this head');
  expect(detailText('w2-1 saw this head', false)).toBe('w2-1 saw this head');
  expect(detailText('That is no decision.; got: x', true)).toBe('That is no decision; got: x');
  expect(detailText('signed by none of them, which is not the quorum most', true)).toContain('quorum most');
});

it('tells passed, failed and not checked apart', () => {
  expect((['passed', 'failed', 'skipped'] as const).map((state) => checkSign(state).sign)).toEqual([
    '✓',
    '✗',
    '–',
  ]);
});

it('survives a time beyond all dates', () => {
  expect(formatMoment(Number.MAX_SAFE_INTEGER)).toBe(String(Number.MAX_SAFE_INTEGER));
});
