import { onChain } from '@lichen/sdk';
import { isAddressEqual } from 'viem';
import type { ActorCore, NonceUse } from './types.ts';

/** Blocks read at once. */
const atOnce = 16;

/** The agent's transaction with this nonce in a block, or undefined. @throws LichenError `chain-unreachable` */
export async function useInBlock(
  core: ActorCore,
  blockNumber: bigint,
  nonce: number,
): Promise<NonceUse | undefined> {
  const { chain } = core.client;
  const block = await onChain(chain.getBlock({ blockNumber, includeTransactions: true }));
  const found = block.transactions.find(
    (transaction) => isAddressEqual(transaction.from, core.signer.address) && transaction.nonce === nonce,
  );
  if (found === undefined) return undefined;
  const receipt = await onChain(chain.getTransactionReceipt({ hash: found.hash }));
  return { hash: found.hash, to: found.to, data: found.input, receipt };
}

/**
 * The first block in which the nonce was used, by halving. A guess only: nodes that have dropped old states answer for them
 * with an error or with something else.
 */
async function guessBlock(
  core: ActorCore,
  nonce: number,
  from: bigint,
  to: bigint,
): Promise<bigint | undefined> {
  const { chain } = core.client;
  const { address } = core.signer;
  let [low, high] = [from, to];
  while (low < high) {
    const middle = (low + high) / 2n;
    const used = await chain.getTransactionCount({ address, blockNumber: middle }).catch(() => undefined);
    if (used === undefined) return undefined;
    if (used > nonce) high = middle;
    else low = middle + 1n;
  }
  return low;
}

/**
 * The transaction of the agent that used a nonce, looked for in the blocks `from` to `to`. Only a transaction that was seen
 * counts: a node that lags behind shows none, and nothing may be concluded from that.
 * @throws LichenError `chain-unreachable`
 */
export async function findNonceUse(
  core: ActorCore,
  nonce: number,
  from: bigint,
  to: bigint,
): Promise<NonceUse | undefined> {
  const guess = await guessBlock(core, nonce, from, to);
  const guessed = guess === undefined ? undefined : await useInBlock(core, guess, nonce);
  if (guessed !== undefined) return guessed;
  const { scanned } = core;
  const done = scanned.get(nonce) ?? from;
  for (let at = done > from ? done : from; at <= to; at += BigInt(atOnce)) {
    scanned.set(nonce, at);
    const numbers = Array.from({ length: atOnce }, (_, index) => at + BigInt(index)).filter(
      (number) => number <= to,
    );
    const uses = await Promise.all(numbers.map((number) => useInBlock(core, number, nonce)));
    const found = uses.find((use) => use !== undefined);
    if (found !== undefined) return found;
  }
  // Nothing: the next search begins at the beginning, since blocks can have been replaced.
  scanned.delete(nonce);
  return undefined;
}
