import { type Address, concat, type Hex } from 'viem';
import type { LichenClient } from '../client/createLichenClient.ts';
import { onChain } from '../client/toLichenError.ts';

/** P256VERIFY of EIP-7951. */
const precompile: Address = '0x0000000000000000000000000000000000000100';
/** hash ‖ r ‖ s ‖ x ‖ y of a signature that holds: sha256("lichen") signed by the private key 1. */
const holds: Hex = concat([
  '0x4625a81f62d0a6337b4a56a703a9c4f246984c6976e82b0d39aa2910c9f40232',
  '0x74b5054c08623671658b2399c9039d3e2a28114ab8b8e330a3f53f9992004cf8',
  '0x33cbc9ee4301052b6e973c63fc57d16a8ae3506c8161ab118bd0b83e01c73531',
  '0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296',
  '0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5',
]);

const known = new WeakMap<LichenClient, Promise<boolean>>();

/**
 * Whether the chain verifies P-256 signatures itself. Without it an account does so in Solidity, for some 230,000 gas.
 * Asked once per client.
 * @throws LichenError `chain-unreachable`.
 */
export function hasPasskeyPrecompile(client: LichenClient): Promise<boolean> {
  const asked = known.get(client);
  if (asked !== undefined) return asked;
  const asking = onChain(client.chain.call({ to: precompile, data: holds })).then(
    ({ data }) => data !== undefined && BigInt(data) === 1n,
  );
  known.set(client, asking);
  // A chain that could not be reached is asked again next time.
  asking.catch(() => known.delete(client));
  return asking;
}
