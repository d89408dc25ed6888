import type { Journal } from '@lichen/journal';
import { anchorAbi } from '@lichen/sdk';
import { type Address, bytesToHex, encodeFunctionData, type PublicClient } from 'viem';
import type { Sender } from '../reporter/transactions.ts';

export interface AnchorComponents {
  readonly client: PublicClient;
  readonly sender: Sender;
  readonly anchor: Address;
  readonly writer: Address;
  readonly journal: Journal;
  readonly log?: (line: string) => void;
}

/**
 * Puts the journal's last head on the chain, unless it is there already; resolves with the size that is anchored by then.
 * The chain is read first, so that a restart anchors nothing twice.
 * @throws LichenError `chain-unreachable`, `timeout`
 */
export async function anchorJournal(components: AnchorComponents): Promise<number> {
  const { client, sender, anchor, writer, journal, log = () => undefined } = components;
  const head = journal.head();
  const [anchored] = await client.readContract({
    address: anchor,
    abi: anchorAbi,
    functionName: 'headOf',
    args: [writer],
  });
  if (head === undefined || BigInt(head.size) <= anchored) return Number(anchored);
  const data = encodeFunctionData({
    abi: anchorAbi,
    functionName: 'anchor',
    args: [BigInt(head.size), bytesToHex(head.root)],
  });
  // 29,100 gas later, 46,200 for the first.
  const [receipt] = await sender.send([{ to: anchor, data, gas: 80_000n }]);
  if (receipt?.status !== 'success') {
    log(`anchor of ${head.size} entries was refused`);
    return Number(anchored);
  }
  log(`anchored ${head.size} entries in block ${receipt.blockNumber}`);
  return head.size;
}
