import { type Address, isAddressEqual } from 'viem';
import type { ChainReader, ChainTransaction } from './chainReader.ts';

/** A nonce whose transaction was looked for on the chain. */
export interface NonceFound {
  readonly nonce: number;
  /** Undefined: the block in which the nonce was used is known, and no transaction of the agent in it has it. */
  readonly transaction: ChainTransaction | undefined;
  readonly block: number;
}

export interface NoncesFound {
  readonly found: readonly NonceFound[];
  /** Nonces that are used, by something that the node does not show. */
  readonly unseen: readonly number[];
}

/** Blocks that are read one by one where the node has dropped the states that halving needs. */
const mostBlocks = 20_000;
const atOnce = 64;

/** Where a nonce is known to have been used. */
export type KnownNonces = ReadonlyMap<number, { readonly block: number | null }>;

/** Blocks between the uses of the nearest nonces that are known. */
function bracketOf(nonce: number, known: readonly (readonly [number, number])[], from: number, to: number) {
  let [low, high] = [from, to];
  for (const [at, block] of known) {
    if (at < nonce) low = Math.max(low, block);
    if (at > nonce) high = Math.min(high, block);
  }
  return { low, high };
}

/**
 * Finds the transactions of an address with these nonces: by halving over blocks, log₂(blocks) questions for each at the
 * most; where the node has dropped old states, by reading the blocks between the neighbours that are known.
 * @throws LichenError `chain-unreachable`
 */
export async function findNonces(
  chain: ChainReader,
  address: Address,
  nonces: readonly number[],
  known: KnownNonces,
  from: number,
  to: number,
): Promise<NoncesFound> {
  const found: NonceFound[] = [];
  const lost = new Set<number>();
  const places = [...known].flatMap(([nonce, { block }]) =>
    block === null ? [] : [[nonce, block] as const],
  );

  async function readBlock(number: number, wanted: readonly number[], isCertain: boolean): Promise<void> {
    const block = await chain.block(number);
    for (const nonce of wanted) {
      const transaction = block?.transactions.find(
        (candidate) => isAddressEqual(candidate.from, address) && candidate.nonce === nonce,
      );
      if (transaction !== undefined) found.push({ nonce, transaction, block: number });
      else if (isCertain) lost.add(nonce);
    }
  }

  /** All of `wanted` were used in blocks `low` to `high`. */
  async function halve(wanted: readonly number[], low: number, high: number): Promise<void> {
    if (wanted.length === 0) return;
    if (low >= high) return readBlock(low, wanted, true);
    const middle = Math.floor((low + high) / 2);
    const count = await chain.countAt(address, middle);
    if (count === undefined) {
      for (const nonce of wanted) lost.add(nonce);
      return;
    }
    await Promise.all([
      halve(
        wanted.filter((nonce) => nonce < count),
        low,
        middle,
      ),
      halve(
        wanted.filter((nonce) => nonce >= count),
        middle + 1,
        high,
      ),
    ]);
  }

  // Neighbours in one bracket are looked for together.
  const groups = new Map<string, { low: number; high: number; nonces: number[] }>();
  for (const nonce of nonces) {
    const { low, high } = bracketOf(nonce, places, from, to);
    const key = `${low} ${high}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { low, high, nonces: [nonce] });
    else group.nonces.push(nonce);
  }
  await Promise.all([...groups.values()].map(({ nonces: wanted, low, high }) => halve(wanted, low, high)));

  // A node may answer for old states with something else than what was: what it showed no transaction for is sought again.
  let left = mostBlocks;
  for (const { low, high, nonces: all } of groups.values()) {
    let wanted = all.filter((nonce) => lost.has(nonce));
    for (let at = high; at >= low && wanted.length > 0 && left > 0; at -= atOnce) {
      const numbers = Array.from({ length: atOnce }, (_, step) => at - step).filter(
        (number) => number >= low,
      );
      left -= numbers.length;
      const before: readonly number[] = wanted;
      await Promise.all(numbers.map((number) => readBlock(number, before, false)));
      wanted = wanted.filter((nonce) => !found.some((item) => item.nonce === nonce));
    }
  }
  const seen = new Set(found.map(({ nonce }) => nonce));
  return { found, unseen: nonces.filter((nonce) => !seen.has(nonce)) };
}
