import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileDurably } from '@lichen/journal';
import { LichenError } from '@lichen/protocol';
import type { Address, Hex } from 'viem';
import { z } from 'zod';

/** What the chain started from. Written once, read at every start. */
export interface Genesis {
  readonly chainId: number;
  /** Unix seconds of block 0. */
  readonly timestamp: number;
  /** Money for gas, in wei as decimal text, which these accounts have before block 1. */
  readonly balances: readonly { readonly address: Address; readonly wei: string }[];
  /** Hash of block 0 as anvil made it. */
  readonly hash: Hex;
}

const schema = z.object({
  chainId: z.number().int().positive(),
  timestamp: z.number().int().nonnegative(),
  balances: z.array(
    z.object({ address: z.string().regex(/^0x[0-9a-fA-F]{40}$/), wei: z.string().regex(/^\d+$/) }),
  ),
  hash: z.string().regex(/^0x[0-9a-f]{64}$/),
});

/**
 * The genesis of a folder, or undefined in an empty one.
 *
 * @throws LichenError `state-damaged` when it cannot be read, or is missing beside blocks.
 * @throws LichenError `wrong-chain` when the folder belongs to another chain id.
 */
export function readGenesis(folder: string, chainId: number): Genesis | undefined {
  const path = join(folder, 'genesis.json');
  const damaged = (got: string, cause?: unknown) =>
    new LichenError('state-damaged', `The chain's genesis ${path} cannot be used.`, {
      got,
      next: 'Restore this file from a backup, or move the state folder away and start afresh. Nothing was deleted.',
      retry: 'after-fix',
      cause,
    });
  if (!existsSync(path)) {
    // A first start that was cut short leaves an empty log and nothing else.
    const hasBlocks = readdirSync(folder).some(
      (name) => /^snapshot-/.test(name) || (/^wal-/.test(name) && statSync(join(folder, name)).size > 8),
    );
    if (hasBlocks) throw damaged('blocks without a genesis');
    return undefined;
  }
  let genesis: Genesis;
  try {
    genesis = schema.parse(JSON.parse(readFileSync(path, 'utf8'))) as Genesis;
  } catch (error) {
    throw damaged('unreadable text', error);
  }
  if (genesis.chainId !== chainId) {
    throw new LichenError('wrong-chain', `The state in ${folder} belongs to another chain.`, {
      got: `chain id ${genesis.chainId}`,
      expected: `chain id ${chainId}`,
      next: 'Choose the state folder of that chain, or another folder.',
      retry: 'after-fix',
    });
  }
  return genesis;
}

export function writeGenesis(folder: string, genesis: Genesis): void {
  writeFileDurably(join(folder, 'genesis.json'), `${JSON.stringify(genesis, null, 2)}\n`);
}
