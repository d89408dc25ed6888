import { type Hex, keccak256 } from 'viem';

/** The id of a model: keccak256 of its blob. */
export function modelIdOf(blob: Uint8Array): Hex {
  return keccak256(blob);
}
