import type { Address, Hex } from 'viem';
import { describe, expect, test } from 'vitest';
import type { ChainReader, ChainTransaction } from './chainReader.ts';
import { findNonces } from './findNonces.ts';

const agent: Address = `0x${'aa'.repeat(20)}`;
const stranger: Address = `0x${'bb'.repeat(20)}`;

/** A chain in which the agent's nonce k was used in block `used[k]`. */
function fakeChain(used: readonly number[], countAt: (block: number) => number | undefined) {
  let [counts, blocks] = [0, 0];
  const transaction = (nonce: number, block: number, from: Address): ChainTransaction => ({
    hash: `0x${String(nonce).padStart(64, '0')}` as Hex,
    from,
    to: stranger,
    input: '0x',
    nonce,
    value: 0n,
    block,
  });
  const chain = {
    countAt: async (_: Address, block: number) => {
      counts += 1;
      return countAt(block);
    },
    block: async (number: number) => {
      blocks += 1;
      const own = [...used.keys()].filter((nonce) => used[nonce] === number);
      return {
        number,
        time: number,
        transactions: [
          transaction(0, number, stranger),
          ...own.map((nonce) => transaction(nonce, number, agent)),
        ],
      };
    },
  } as unknown as ChainReader;
  return { chain, asked: () => ({ counts, blocks }) };
}
const honest = (used: readonly number[]) => (block: number) => used.filter((at) => at <= block).length;

describe('looking for what used a nonce', () => {
  test('halving: about log₂ questions, no scan', async () => {
    const used = [12, 500_000, 999_999];
    const { chain, asked } = fakeChain(used, honest(used));
    const { found, unseen } = await findNonces(chain, agent, [0, 1, 2], new Map(), 0, 1_000_000);
    expect(found.map(({ nonce, block }) => [nonce, block]).sort()).toEqual([
      [0, 12],
      [1, 500_000],
      [2, 999_999],
    ]);
    expect(unseen).toEqual([]);
    expect(asked().counts).toBeLessThan(70);
    expect(asked().blocks).toBe(3);
  });

  test('several in one block, between neighbours that are known', async () => {
    const used = [10, 700, 700, 900];
    const { chain, asked } = fakeChain(used, honest(used));
    const known = new Map([
      [0, { block: 10 }],
      [3, { block: 900 }],
    ]);
    const { found } = await findNonces(chain, agent, [1, 2], known, 0, 1_000_000);
    expect(found.map(({ nonce, block }) => [nonce, block]).sort()).toEqual([
      [1, 700],
      [2, 700],
    ]);
    expect(asked().counts).toBeLessThan(22);
  });

  test.each([
    ['says that it forgot', undefined],
    ['answers with the present', 3],
    ['answers with nothing', 0],
  ])('a node that %s: the blocks between are read', async (_, count) => {
    const { chain } = fakeChain([10, 400, 900], () => count);
    const known = new Map([
      [0, { block: 10 }],
      [2, { block: 900 }],
    ]);
    const { found, unseen } = await findNonces(chain, agent, [1], known, 0, 1_000);
    expect(found.map(({ nonce, block }) => [nonce, block])).toEqual([[1, 400]]);
    expect(unseen).toEqual([]);
  });

  test('what no block shows is unseen, never explained away; and a long chain is not read for ever', async () => {
    const { chain, asked } = fakeChain([], () => undefined);
    const { found, unseen } = await findNonces(chain, agent, [0], new Map(), 0, 10_000_000);
    expect([found, unseen]).toEqual([[], [0]]);
    expect(asked().blocks).toBeLessThan(20_100);
  });
});
