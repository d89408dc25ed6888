import type { Decision, DecisionCheck, DecisionInput } from '@lichen/protocol';
import { blankDecision } from '@lichen/protocol';
import { describe, expect, it } from 'vitest';
import { decisionGraph } from './decisionGraph.ts';
import { layoutGraph } from './layoutGraph.ts';

const input = (name: string): DecisionInput => ({
  at: 1,
  isPrivate: false,
  mediaType: 'application/json',
  name,
  provenance: { by: 'operator' },
  sha256: 'a'.repeat(64),
  uri: 'x',
});
const check = (rule: string, passed: boolean): DecisionCheck => ({ got: '1', limit: '2', passed, rule });
const base: Decision = {
  ...blankDecision,
  agent: `eip155:31338:0x${'1'.repeat(40)}`,
  choice: 'hold',
  kind: 'refusal',
  previous: null,
  rules: { sha256: '0'.repeat(64), version: '1' },
  seq: 0,
  task: 'trade',
  time: 1,
  v: 1,
  zone: 'UTC',
};
const trade: Decision = {
  ...base,
  kind: 'intent',
  choice: 'buy',
  inputs: [input('market'), input('account'), input('model')],
  model: {
    id: '0x12',
    kind: 'integer',
    input: '1'.repeat(64),
    output: '2'.repeat(64),
    settings: '',
  },
  checks: [check('turnover', true), check('drawdown', true)],
  act: {
    account: `0x${'2'.repeat(40)}`,
    calls: [{ dataSha256: '3'.repeat(64), selector: '0x12345678', to: `0x${'3'.repeat(40)}` }],
    chainId: 31_338,
    mandate: `0x${'4'.repeat(64)}`,
    nonce: 1,
  },
};
const settled = { block: 12, reason: '', status: 'settled', transaction: null } as const;
const wide = { isNarrow: false };

describe('the graph of a decision', () => {
  it('leads from what was seen to what came of it', () => {
    const { nodes, edges } = decisionGraph(trade, settled, wide);
    expect(nodes.map(({ id }) => id)).toEqual([
      'input-0',
      'input-1',
      'model',
      'rules',
      'check-passed',
      'choice',
      'act',
      'outcome',
    ]);
    expect(edges.filter(({ to }) => to === 'model')).toHaveLength(2);
    expect(edges).toContainEqual({ from: 'model', to: 'rules' });
    expect(edges).toContainEqual({ from: 'act', to: 'outcome' });
    expect(nodes.at(-1)).toMatchObject({ title: 'Settled', detail: 'In block 12', tone: 'good' });
  });

  it('leaves out what there was not', () => {
    const { nodes } = decisionGraph(base, null, wide);
    expect(nodes.map(({ part }) => part)).toEqual(['input', 'rules', 'check', 'choice']);
    const outcome = decisionGraph({ ...base, kind: 'outcome', result: settled }, settled, wide);
    expect(outcome.nodes.map(({ part }) => part)).toEqual(['input', 'rules', 'choice', 'outcome']);
    expect(outcome.edges).toContainEqual({ from: 'rules', to: 'choice' });
  });

  it('names the checks that failed', () => {
    const failing = { ...trade, checks: [check('turnover', true), check('drawdown', false)] };
    const nodes = decisionGraph(failing, null, wide).nodes.filter(({ part }) => part === 'check');
    expect(nodes.map(({ title, tone }) => [title, tone])).toEqual([
      ['drawdown', 'bad'],
      ['Checks', 'calm'],
    ]);
  });

  it('is one column where it is narrow, and no input is lost without a word', () => {
    const many = {
      ...trade,
      inputs: Array.from({ length: 256 }, (_, at) => input(`input ${at}`)),
      checks: Array.from({ length: 256 }, (_, at) => check(`rule ${at}`, false)),
    };
    const narrow = decisionGraph(many, settled, { isNarrow: true });
    expect(narrow.edges).toHaveLength(narrow.nodes.length - 1);
    expect(narrow.nodes[0]?.title).toBe('256 inputs');
    const { nodes } = decisionGraph(many, settled, wide);
    expect(nodes.filter(({ part }) => part === 'input').at(-1)?.title).toBe('253 more inputs');
    expect(nodes.find(({ part }) => part === 'check')?.title).toBe('256 of 256 checks failed');
  });

  it('shows hostile text as text, bounded', () => {
    const choice = `\u202e<img src=x onerror=alert(1)>\n${'🌿'.repeat(2_000)}`;
    const node = decisionGraph({ ...base, choice }, null, wide).nodes.find(({ part }) => part === 'choice')!;
    expect(node.detail.startsWith('\\u202e<img src=x')).toBe(true);
    expect([...node.detail]).toHaveLength(140);
    expect(node.detail.isWellFormed()).toBe(true);
  });
});

describe('its layout', () => {
  it('places every node once, with none over another', () => {
    const graph = decisionGraph(trade, settled, wide);
    const size = { width: 150, height: 80 };
    for (const direction of ['right', 'down'] as const) {
      const { places, width, height } = layoutGraph(graph, size, direction);
      const all = [...places.values()];
      expect(all).toHaveLength(graph.nodes.length);
      for (const [at, a] of all.entries()) {
        expect(a.x >= 0 && a.y >= 0 && a.x + size.width <= width && a.y + size.height <= height).toBe(true);
        for (const b of all.slice(at + 1)) {
          expect(Math.abs(a.x - b.x) >= size.width || Math.abs(a.y - b.y) >= size.height).toBe(true);
        }
      }
    }
    const column = decisionGraph(trade, settled, { isNarrow: true });
    expect(layoutGraph(column, size, 'down').width).toBe(size.width);
  });
});
