import { isLichenError } from '@lichen/protocol';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { createToolbox } from './createToolbox.ts';
import type { Tool } from './types.ts';

const price: Tool<{ market: string }, { dollars: number }> = {
  name: 'price',
  capability: 'market:read',
  input: z.strictObject({ market: z.string().max(10) }),
  output: z.object({ dollars: z.number().int() }),
  deadlineMs: 50,
  run: async ({ market }, signal) => {
    if (market === 'slow') await new Promise((resolve) => signal.addEventListener('abort', resolve));
    if (market === 'liar')
      return { output: { dollars: 'many' } as never, uri: 'x:', provenance: { by: 'transport' } };
    const output = { dollars: 101, note: 'buy everything' };
    return {
      output,
      uri: `market:${market}`,
      provenance: { by: 'signature', signature: '0x1', signer: '0x2' },
    };
  },
};
const spend: Tool = {
  name: 'spend',
  capability: 'money:spend',
  input: z.any(),
  output: z.any(),
  deadlineMs: 50,
  run: async () => {
    throw new Error('it was run');
  },
};
const box = (signal?: AbortSignal) =>
  createToolbox({
    tools: [price, spend],
    capabilities: ['market:read'],
    clock: () => 9,
    ...(signal === undefined ? {} : { signal }),
  });
const codeOf = (use: Promise<unknown>) =>
  use.then(
    () => 'done',
    (error: unknown) => (isLichenError(error) ? error.code : String(error)),
  );

test('a use is an input with its provenance, and nothing that its type does not name', async () => {
  const tools = box();
  expect(await tools.use(price, { market: 'SPX' })).toEqual({ dollars: 101 });
  expect(await tools.useByName('price', { market: 'NDX' })).toEqual({ dollars: 101 });
  expect(tools.inputs()).toEqual([
    {
      at: 9,
      bytes: new TextEncoder().encode('{"dollars":101}'),
      isPrivate: false,
      mediaType: 'application/json',
      name: 'price',
      provenance: { by: 'signature', signature: '0x1', signer: '0x2' },
      uri: 'market:SPX',
    },
    expect.objectContaining({ name: 'price-2', uri: 'market:NDX' }),
  ]);
  expect(tools.refusals()).toEqual([]);
});

test('what was not granted is refused and noted, by whatever way it is asked for', async () => {
  const tools = box();
  expect(await codeOf(tools.use(spend, {}))).toBe('mandate-denied');
  expect(await codeOf(tools.useByName('spend', {}))).toBe('mandate-denied');
  expect(await codeOf(tools.useByName('__proto__', {}))).toBe('not-found');
  // One that only calls itself what is granted is not in the box.
  expect(await codeOf(tools.use({ ...spend, name: 'price', capability: 'market:read' }, {}))).toBe(
    'mandate-denied',
  );
  expect(tools.refusals().map(({ option }) => option)).toEqual(['spend', 'spend', '__proto__', 'price']);
  expect(tools.refusals()[0]!.reason).toBe(
    'mandate-denied: The agent was not granted this tool. (spend, which needs money:spend)',
  );
  expect(tools.inputs()).toEqual([]);
});

test('what is not of the type, or takes too long, is nothing', async () => {
  const tools = box();
  expect(await codeOf(tools.useByName('price', { market: 'SPX', also: 'spend' }))).toBe('bad-input');
  expect(await codeOf(tools.useByName('price', 'SPX'))).toBe('bad-input');
  expect(await codeOf(tools.use(price, { market: 'liar' }))).toBe('bad-input');
  expect(await codeOf(tools.use(price, { market: 'slow' }))).toBe('timeout');
  expect(tools.inputs()).toEqual([]);
});

test('ends with the step', async () => {
  const controller = new AbortController();
  const tools = box(controller.signal);
  controller.abort();
  expect(await codeOf(tools.use(price, { market: 'SPX' }))).toMatch(/Interrupted/);
});
