import type { DecisionAmount } from '@lichen/protocol';
import { type Address, type Log, pad, toEventSelector } from 'viem';

const transferTopic = toEventSelector('Transfer(address,address,uint256)');

/** Assets that an outcome names at most: a hostile contract can emit the transfers of as many as it likes. */
const mostAssets = 64;
/** Beyond what a token can hold; only a contract that lies says so. */
const most = 10n ** 78n;

/** CAIP-19 name of an ERC-20. https://chainagnostic.org/CAIPs/caip-19 */
export function erc20AssetOf(chainId: number, token: Address): string {
  return `eip155:${chainId}/erc20:${token.toLowerCase()}`;
}

/**
 * What left an account (negative) and came to it, by token, base units, from the ERC-20 transfers of a receipt. Tokens in
 * the order of their first transfer; those that came out even are left out.
 */
export function transferAmounts(
  chainId: number,
  account: Address,
  logs: readonly Pick<Log, 'address' | 'topics' | 'data'>[],
): DecisionAmount[] {
  const whose = pad(account).toLowerCase();
  const sums = new Map<string, bigint>();
  for (const { address, topics, data } of logs) {
    // ERC-721 has the same event with four topics and no data.
    if (topics[0] !== transferTopic || topics.length !== 3 || data.length !== 66) continue;
    const isFrom = topics[1]!.toLowerCase() === whose;
    const isTo = topics[2]!.toLowerCase() === whose;
    if (isFrom === isTo) continue;
    const asset = erc20AssetOf(chainId, address);
    if (!sums.has(asset) && sums.size === mostAssets) continue;
    sums.set(asset, (sums.get(asset) ?? 0n) + (isTo ? BigInt(data) : -BigInt(data)));
  }
  return [...sums]
    .filter(([, amount]) => amount !== 0n && amount < most && amount > -most)
    .map(([asset, amount]) => ({ amount: String(amount), asset }));
}
