import type { Hex } from 'viem';

/** The name by which a transaction carries its intent: 0x and the leaf hash of the recorded intent, 32 bytes. */
export function intentHashOf({ leafHash }: { readonly leafHash: string }): Hex {
  return `0x${leafHash}`;
}
