import { createHmac } from 'node:crypto';
import {
  journalKeyOf,
  signatureTypes,
  type VerifierKey,
  type WitnessSecret,
  witnessKeyOf,
} from '@lichen/protocol';
import { type Address, type Hex, hexToBytes } from 'viem';

/** Who writes a journal on a chain: origin, secret of its heads, CAIP-10 id. */
export interface JournalIdentity {
  readonly origin: string;
  /** Ed25519, 32 bytes. */
  readonly secretKey: Uint8Array;
  readonly agent: string;
}

/** 32 bytes for one purpose out of an account's key; they tell nothing of the key. */
function derive(privateKey: Hex, purpose: string): Uint8Array {
  return new Uint8Array(createHmac('sha256', hexToBytes(privateKey)).update(`lichen ${purpose} v1`).digest());
}

/** Name of the journal of an account on a chain. */
export function journalOriginOf(chainId: number, address: Address): string {
  return `lichen.local/${chainId}/${address.toLowerCase()}`;
}

/** The journal of the account with this key. */
export function journalIdentityOf(chainId: number, address: Address, privateKey: Hex): JournalIdentity {
  return {
    origin: journalOriginOf(chainId, address),
    secretKey: derive(privateKey, 'journal'),
    agent: `eip155:${chainId}:${address.toLowerCase()}`,
  };
}

/** The two keys of a witness: Ed25519 for readers of today, ML-DSA-44 as the specification advises. */
export function witnessSecretsOf(chainId: number, address: Address, privateKey: Hex): WitnessSecret[] {
  const name = `lichen.local/${chainId}/witness/${address.toLowerCase()}`;
  return [
    { name, type: signatureTypes.cosignatureEd25519, seed: derive(privateKey, 'witness ed25519') },
    { name, type: signatureTypes.cosignatureMlDsa44, seed: derive(privateKey, 'witness ml-dsa-44') },
  ];
}

/** What everybody may know of a writer: key of its journal, keys of its witness. */
export function publicKeysOf(
  chainId: number,
  address: Address,
  privateKey: Hex,
): { readonly journal: VerifierKey; readonly witness: VerifierKey[] } {
  const { origin, secretKey } = journalIdentityOf(chainId, address, privateKey);
  return {
    journal: journalKeyOf(origin, secretKey),
    witness: witnessSecretsOf(chainId, address, privateKey).map(witnessKeyOf),
  };
}
