import { type Address, encodeAbiParameters, type Hex, keccak256 } from 'viem';

/** An argument that the agent may not choose: the 32-byte word at `index` equals `value`. Mirrors `Pin` in IMandateExecutor.sol. */
export interface Pin {
  /** 0 is the first argument word after the selector. */
  readonly index: number;
  readonly value: Hex;
}

/** `amountArg` of a permission whose call moves none of the asset. */
export const noAmount = 255;

/** One function that the agent may call. Mirrors `Permission` in IMandateExecutor.sol. */
export interface Permission {
  readonly target: Address;
  readonly selector: Hex;
  /** Index of the argument word that is the amount of the mandate's asset; `noAmount`: the call moves none. */
  readonly amountArg: number;
  /** The target takes the amount by `transferFrom`: it is approved for this call only. */
  readonly pulls: boolean;
  /** Largest amount of one call, base units of the asset. */
  readonly maxAmount: bigint;
  readonly pins: readonly Pin[];
}

/** The bounded authority that an account gives an agent. Mirrors `Terms` in IMandateExecutor.sol, field by field. */
export interface Terms {
  readonly agent: Address;
  /** The one ERC-20 whose amounts the mandate counts. */
  readonly asset: Address;
  /** Unix seconds, chain time; a use at `validUntil` is too late. */
  readonly validFrom: number;
  readonly validUntil: number;
  /** Length of the sliding window, seconds. */
  readonly period: number;
  /** Largest sum in any window of `period`, base units of the asset. */
  readonly maxPerPeriod: bigint;
  /** Most calls in any window of `period`, at most 255. */
  readonly maxCalls: number;
  readonly permissions: readonly Permission[];
  /** 32 bytes that tell equal terms apart. */
  readonly salt: Hex;
}

/** ABI of `Terms`, for `encodeAbiParameters`. */
export const termsAbi = {
  type: 'tuple',
  components: [
    { name: 'agent', type: 'address' },
    { name: 'asset', type: 'address' },
    { name: 'validFrom', type: 'uint40' },
    { name: 'validUntil', type: 'uint40' },
    { name: 'period', type: 'uint32' },
    { name: 'maxPerPeriod', type: 'uint128' },
    { name: 'maxCalls', type: 'uint8' },
    {
      name: 'permissions',
      type: 'tuple[]',
      components: [
        { name: 'target', type: 'address' },
        { name: 'selector', type: 'bytes4' },
        { name: 'amountArg', type: 'uint8' },
        { name: 'pulls', type: 'bool' },
        { name: 'maxAmount', type: 'uint128' },
        {
          name: 'pins',
          type: 'tuple[]',
          components: [
            { name: 'index', type: 'uint8' },
            { name: 'value', type: 'bytes32' },
          ],
        },
      ],
    },
    { name: 'salt', type: 'bytes32' },
  ],
} as const;

/** keccak256(abi.encode(account, epoch, terms)): a mandate's id, the only thing the chain stores of its terms. */
export function mandateIdOf(account: Address, epoch: bigint, terms: Terms): Hex {
  return keccak256(
    encodeAbiParameters([{ type: 'address' }, { type: 'uint64' }, termsAbi], [account, epoch, terms]),
  );
}
