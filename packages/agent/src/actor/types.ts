import type { Terms } from '@lichen/protocol';
import type { LichenClient } from '@lichen/sdk';
import type { Address, Hex, LocalAccount, TransactionReceipt } from 'viem';

/** Where an act is on its way, between the runtime's own points. */
export const actPoints = ['signing', 'signed', 'sent', 'receipt', 'nonce-signed', 'nonce-sent'] as const;
export type ActPoint = (typeof actPoints)[number];

export interface MandateActorInit {
  /** Its wallet is the agent's key: a local account, which signs here and not at a node. */
  readonly client: LichenClient;
  /** Whose mandates these are, and whose money moves. */
  readonly account: Address;
  readonly mandates: readonly Terms[];
  /** Blocks that an act must have, its own among them, before it counts; 1 when absent, for chains that do not reorganise. */
  readonly confirmations?: number;
  /** Milliseconds to wait for a block with the act; 60,000 when absent. Less than the agent's `actMs`. */
  readonly receiptMs?: number;
  /** Milliseconds between two looks at the chain; 250 when absent. */
  readonly pollMs?: number;
  /** Milliseconds after which an act that takes a nonce and is in no block yet may be followed by another; 60,000 when absent. */
  readonly takeAgainMs?: number;
  /** Unix milliseconds of what it reads; the machine's clock when absent. */
  readonly clock?: () => number;
  readonly log?: (line: string) => void;
  /** Told of each point passed; awaited. */
  readonly onPoint?: (point: ActPoint) => void | Promise<void>;
}

/** What the parts of the actor share. */
export interface ActorCore {
  readonly client: LichenClient;
  readonly signer: LocalAccount;
  readonly account: Address;
  readonly executor: Address;
  readonly chainId: number;
  readonly confirmations: number;
  readonly receiptMs: number;
  readonly pollMs: number;
  readonly takeAgainMs: number;
  readonly clock: () => number;
  /** By nonce: blocks up to here were looked through for its use; a long search goes on where it was given up. */
  readonly scanned: Map<number, bigint>;
  log(line: string): void;
  point(point: ActPoint): Promise<void>;
}

/** A transaction that used a nonce of the agent, in a block. */
export interface NonceUse {
  readonly hash: Hex;
  readonly to: Address | null;
  readonly data: Hex;
  readonly receipt: TransactionReceipt;
}
