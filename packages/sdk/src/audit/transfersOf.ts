import type { DecisionAmount } from '@lichen/protocol';
import { type Address, type Hex, isAddress, pad, toEventSelector } from 'viem';
import type { ChainLog } from './chainReader.ts';

const transferTopic = toEventSelector('Transfer(address,address,uint256)');
/** Beyond what a token can hold; only a contract that lies says so. */
const most = 10n ** 78n;

/** CAIP-19 name of an ERC-20. https://chainagnostic.org/CAIPs/caip-19 */
export function assetNameOf(chainId: number, token: Address): string {
  return `eip155:${chainId}/erc20:${token.toLowerCase()}`;
}

/** What came to an account (positive) and left it, by the ERC-20 transfers among some logs, by asset name. */
export function transfersOf(
  chainId: number,
  account: Address,
  logs: readonly Pick<ChainLog, 'address' | 'topics' | 'data'>[],
): Map<string, bigint> {
  const whose: Hex = pad(account).toLowerCase() as Hex;
  const sums = new Map<string, bigint>();
  for (const { address, topics, data } of logs) {
    // ERC-721 has the same event with four topics and no data.
    if (topics[0] !== transferTopic || topics.length !== 3 || data.length !== 66) continue;
    const [isFrom, isTo] = [topics[1] === whose, topics[2] === whose];
    if (isFrom === isTo) continue;
    const asset = assetNameOf(chainId, address);
    sums.set(asset, (sums.get(asset) ?? 0n) + (isTo ? BigInt(data) : -BigInt(data)));
  }
  for (const [asset, amount] of sums) {
    if (amount === 0n || amount >= most || amount <= -most) sums.delete(asset);
  }
  return sums;
}

/** Amounts of a decision by asset name; undefined where one of them is in a name that no chain knows. */
export function claimedAmounts(
  chainId: number,
  amounts: readonly DecisionAmount[],
): Map<string, bigint> | undefined {
  const sums = new Map<string, bigint>();
  for (const { asset, amount } of amounts) {
    const name = isAddress(asset, { strict: false }) ? assetNameOf(chainId, asset) : asset.toLowerCase();
    if (!/^eip155:\d+\/erc20:0x[0-9a-f]{40}$/.test(name)) return undefined;
    sums.set(name, (sums.get(name) ?? 0n) + BigInt(amount));
  }
  for (const [asset, amount] of sums) if (amount === 0n) sums.delete(asset);
  return sums;
}

/** Amounts as text, for a report. */
export function amountsText(amounts: ReadonlyMap<string, bigint>): string {
  const text = [...amounts].map(([asset, amount]) => `${amount} of ${asset}`).sort();
  return text.length === 0 ? 'nothing' : text.join(', ').slice(0, 600);
}
