import { existsSync, readFileSync } from 'node:fs';
import type { Address } from 'viem';
import { z } from 'zod';

const address = z.string().regex(/^0x[0-9a-fA-F]{40}$/) as unknown as z.ZodType<Address>;
const schema = z.object({
  addresses: z.object({ oracle: address, flightCover: address }),
  firstBlock: z.number().int().min(0).optional(),
});

/** What an earlier start left in `deployment.json`. */
export type KeptDeployment = z.infer<typeof schema>;

/** The deployment of an earlier start, or undefined: it can be found out again, so a damaged file is none. */
export function readKeptDeployment(path: string): KeptDeployment | undefined {
  if (!existsSync(path)) return undefined;
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
}

/**
 * A sentence for the operator when the contracts are not those of the earlier start, else undefined. Addresses follow from
 * code and settings, so another release means other contracts, and those of before are served by nobody any more.
 */
export function changedContracts(
  kept: KeptDeployment | undefined,
  now: { readonly flightCover: Address },
): string | undefined {
  if (kept === undefined || kept.addresses.flightCover === now.flightCover) return undefined;
  return (
    `New contracts: this release, model or speed is another than at the last start. Policies sold by the cover of before (${kept.addresses.flightCover}) ` +
    'are not settled by this network: start what sold them on this state folder to settle them, or let their holders take the refund after the deadline.'
  );
}
