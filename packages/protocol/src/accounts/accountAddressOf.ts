import {
  type Address,
  concat,
  encodeAbiParameters,
  getContractAddress,
  type Hex,
  keccak256,
  numberToHex,
  size,
  zeroHash,
} from 'viem';
import type { Passkey } from './passkey.ts';

/** `Execution` of ERC-7579: one call that an account makes. */
export interface Execution {
  readonly target: Address;
  /** Wei. */
  readonly value: bigint;
  readonly callData: Hex;
}

/** ABI of `Execution[]`, for `encodeAbiParameters`. */
export const executionsAbi = {
  type: 'tuple[]',
  components: [
    { name: 'target', type: 'address' },
    { name: 'value', type: 'uint256' },
    { name: 'callData', type: 'bytes' },
  ],
} as const;

/** Runtime bytes of a clone before its arguments (ERC-1167 and what OpenZeppelin's Clones appends). */
const cloneLength = 0x2d;

/**
 * Where the factory puts the account of a passkey: CREATE2 of a clone of `implementation` whose code carries the key and
 * keccak256(abi.encode(salt, birthCalls)) (AccountFactory.sol; `Clones` of OpenZeppelin 5.7). Computed here so that no
 * chain and no gateway can name another address for money to be sent to.
 */
export function accountAddressOf(
  contracts: { readonly factory: Address; readonly implementation: Address },
  passkey: Passkey,
  salt: Hex,
  birthCalls: readonly Execution[],
): Address {
  const seed = keccak256(encodeAbiParameters([{ type: 'bytes32' }, executionsAbi], [salt, birthCalls]));
  const carried = concat([passkey.x, passkey.y, seed]);
  const bytecode = concat([
    '0x61',
    numberToHex(size(carried) + cloneLength, { size: 2 }),
    '0x3d81600a3d39f3363d3d373d3d3d363d73',
    contracts.implementation,
    '0x5af43d82803e903d91602b57fd5bf3',
    carried,
  ]);
  return getContractAddress({ opcode: 'CREATE2', from: contracts.factory, salt: zeroHash, bytecode });
}
