import { LichenError } from '@lichen/protocol';
import { formatEther, formatGwei, size } from 'viem';
import { RpcRefusal, rpcCodes } from './rpcRefusal.ts';
import type { AskedOperation } from './userOperation.ts';

/** What one operation may ask of the sponsor. */
export interface GasLimits {
  readonly verification: bigint;
  readonly call: bigint;
  readonly paymasterVerification: bigint;
  readonly paymasterPostOp: bigint;
  /** Most wei that one operation may cost: all its gas at its highest price. */
  readonly maxCostWei: bigint;
}

export const usualGasLimits: GasLimits = {
  // Creating an account with its first mandate; 700,000 of it for a passkey where the chain has no P-256 precompile.
  verification: 2_500_000n,
  call: 3_000_000n,
  paymasterVerification: 150_000n,
  paymasterPostOp: 50_000n,
  maxCostWei: 30_000_000_000_000_000n,
};

/** What the chain asks for at this moment, wei per gas. */
export interface ChainFees {
  readonly baseFee: bigint;
  /** The highest of the last blocks: a client may have looked a while ago. */
  readonly recentBaseFee: bigint;
  /** What the chain suggests as a tip. */
  readonly tip: bigint;
}

/** All fields of an operation that cost money. */
export type PricedOperation = AskedOperation & {
  readonly [field in
    | 'callGasLimit'
    | 'verificationGasLimit'
    | 'preVerificationGas'
    | 'maxFeePerGas'
    | 'maxPriorityFeePerGas'
    | 'paymasterVerificationGasLimit'
    | 'paymasterPostOpGasLimit']-?: bigint;
};

const pricedFields = [
  'callGasLimit',
  'verificationGasLimit',
  'preVerificationGas',
  'maxFeePerGas',
  'maxPriorityFeePerGas',
  'paymasterVerificationGasLimit',
  'paymasterPostOpGasLimit',
] as const;

/** Most wei that an operation can cost, which the EntryPoint takes from the deposit before it begins. */
export function mostCostOf(operation: PricedOperation): bigint {
  const gas =
    operation.callGasLimit +
    operation.verificationGasLimit +
    operation.preVerificationGas +
    operation.paymasterVerificationGasLimit +
    operation.paymasterPostOpGasLimit;
  return gas * operation.maxFeePerGas;
}

function refuse(summary: string, got: string, expected: string): RpcRefusal {
  return new RpcRefusal(
    rpcCodes.rejectedByPaymaster,
    new LichenError('bad-input', summary, {
      got,
      expected,
      next: 'Let the bundler estimate the gas, or pay for it from the account itself.',
      retry: 'after-fix',
    }),
  );
}

/**
 * Checks that an operation costs the sponsor no more than its work does. Whoever bundles it is paid all of
 * `preVerificationGas`, the tip, and a tenth of the call gas left over: without bounds an operation that does nothing
 * could carry the sponsor's deposit into its bundler's pocket.
 *
 * @throws RpcRefusal `bad-input` naming the field
 */
export function checkGas(operation: AskedOperation, fees: ChainFees, limits: GasLimits): PricedOperation {
  const missing = pricedFields.find((field) => operation[field] === undefined);
  if (missing !== undefined)
    throw refuse('The operation has no gas values yet.', `no ${missing}`, 'all of them');
  const priced = operation as PricedOperation;

  // The rules of clients: twice the chain's price and a half more for a moving base fee; three times is generous.
  const most = {
    maxFeePerGas: 3n * (2n * fees.recentBaseFee + fees.tip),
    maxPriorityFeePerGas: 3n * fees.tip + fees.baseFee,
  };
  for (const field of ['maxFeePerGas', 'maxPriorityFeePerGas'] as const) {
    if (priced[field] <= most[field]) continue;
    throw refuse(
      'The operation offers more for gas than the chain asks for.',
      `${field} of ${formatGwei(priced[field])} gwei`,
      `at most ${formatGwei(most[field])} gwei`,
    );
  }

  const bytes = size(operation.callData) + size(operation.factoryData ?? '0x');
  const caps = {
    callGasLimit: limits.call,
    verificationGasLimit: limits.verification,
    paymasterVerificationGasLimit: limits.paymasterVerification,
    paymasterPostOpGasLimit: limits.paymasterPostOp,
    // A bundle's own transaction, the fixed part of an operation, a passkey's signature, and 40 gas a byte (EIP-7623).
    preVerificationGas: 100_000n + 40n * BigInt(bytes),
  };
  for (const [field, cap] of Object.entries(caps) as [keyof typeof caps, bigint][]) {
    if (priced[field] <= cap) continue;
    throw refuse(
      'The operation asks for more gas than the sponsor pays for.',
      `${field} of ${priced[field]}`,
      `at most ${cap}`,
    );
  }

  const cost = mostCostOf(priced);
  if (cost > limits.maxCostWei) {
    throw refuse(
      'The operation may cost more than the sponsor pays for one.',
      `${formatEther(cost)} of the chain's coin`,
      `at most ${formatEther(limits.maxCostWei)}`,
    );
  }
  return priced;
}
