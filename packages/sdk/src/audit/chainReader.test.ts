import { hexToNumber, type PublicClient } from 'viem';
import { describe, expect, test } from 'vitest';
import { createChainReader } from './chainReader.ts';
import { createPool } from './createPool.ts';

const address = `0x${'aa'.repeat(20)}` as const;
const logAt = (block: number) => ({
  address,
  topics: [`0x${'AB'.repeat(32)}`],
  data: '0x',
  blockNumber: `0x${block.toString(16)}`,
  logIndex: '0x0',
  transactionHash: `0x${'cd'.repeat(32)}`,
});

describe('a node that limits what it answers', () => {
  test('ranges are made smaller until it answers; nothing is asked twice and nothing left out', async () => {
    const answered: [number, number][] = [];
    const client = {
      request: async ({ params }: { params: [{ fromBlock: `0x${string}`; toBlock: `0x${string}` }] }) => {
        const [from, to] = [hexToNumber(params[0].fromBlock), hexToNumber(params[0].toBlock)];
        if (to - from >= 1_000)
          throw Object.assign(new Error('query returned more than 1000 results'), { code: -32005 });
        answered.push([from, to]);
        return [logAt(from)];
      },
    } as unknown as PublicClient;
    const logs = await createChainReader(client, 4).logs({ address, topics: [] }, 5, 250_000);
    expect(answered[0]![0]).toBe(5);
    expect(answered.at(-1)![1]).toBe(250_000);
    for (const [at, [from]] of answered.entries()) if (at > 0) expect(from).toBe(answered[at - 1]![1] + 1);
    expect(logs).toHaveLength(answered.length);
    // What comes back is in small letters, whatever the node writes.
    expect(logs[0]!.topics[0]).toBe(`0x${'ab'.repeat(32)}`);
  });

  test('one that never answers ends in an error', async () => {
    const client = {
      request: async () => {
        throw new Error('limit exceeded');
      },
    } as unknown as PublicClient;
    await expect(createChainReader(client, 4).logs({ address, topics: [] }, 0, 1_000)).rejects.toThrow();
  });
});

test('a pool lets so many in at a time, and goes on after a failure', async () => {
  const pool = createPool(3);
  let [inside, most] = [0, 0];
  const work = (at: number) =>
    pool(async () => {
      inside += 1;
      most = Math.max(most, inside);
      await Promise.resolve();
      await Promise.resolve();
      inside -= 1;
      if (at === 4) throw new Error('four');
      return at;
    });
  const results = await Promise.allSettled(Array.from({ length: 20 }, (_, at) => work(at)));
  expect(most).toBe(3);
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(19);
});
