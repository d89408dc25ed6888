import { secp256k1 } from '@noble/curves/secp256k1.js';
import { bytesToHex, concat, type Hex, hexToBytes, numberToHex } from 'viem';
import { LichenError } from '../errors.ts';

/** secp256k1 group order. */
const order = secp256k1.Point.Fn.ORDER;

/**
 * A 65-byte signature (r, s, v) as the 64 bytes (r, s) that contracts expect, with s chosen so that v is 27.
 * Negating s flips v; the contract therefore needs neither v nor a low-s rule: duplicates are impossible by bitmap.
 * @throws LichenError `bad-input` on another length.
 */
export function compactSignature(signature: Hex): Hex {
  const bytes = hexToBytes(signature);
  if (bytes.length !== 65) {
    throw new LichenError('bad-input', 'A signature must have 65 bytes.', { got: `${bytes.length} bytes` });
  }
  const r = bytes.slice(0, 32);
  const s = BigInt(bytesToHex(bytes.slice(32, 64)));
  const v = bytes[64]! % 27;
  return concat([bytesToHex(r), numberToHex(v === 0 ? s : order - s, { size: 32 })]);
}

/** A quorum's signatures: bit i of the bitmap = reporter i signed; signatures in ascending index order. */
export interface QuorumSignatures {
  readonly bitmap: bigint;
  /** Concatenated 64-byte signatures. */
  readonly signatures: Hex;
}

/** Packs signatures by reporter index. */
export function packSignatures(byIndex: ReadonlyMap<number, Hex>): QuorumSignatures {
  const indices = [...byIndex.keys()].sort((a, b) => a - b);
  let bitmap = 0n;
  for (const index of indices) bitmap |= 1n << BigInt(index);
  return { bitmap, signatures: concat(indices.map((index) => compactSignature(byIndex.get(index)!))) };
}

/** Signatures needed of n reporters: more than two thirds, floor(2n/3)+1. Equals `ReporterSet.quorumOf`. */
export function quorumOf(reporters: number): number {
  return Math.floor((2 * reporters) / 3) + 1;
}
