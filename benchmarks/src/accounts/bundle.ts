import { type Address, encodeFunctionData, parseEventLogs, type TransactionReceipt } from 'viem';
import { entryPoint08Abi, toPackedUserOperation, type UserOperation } from 'viem/account-abstraction';
import { accountOf, type DevChain } from '../support/devChain.ts';

/** Who sends the bundles; holds money, as a bundler does. */
export const bundler = accountOf(900_000);

/**
 * Gas limits of every operation measured, ours and rivals' alike. They are bytes of calldata and nothing else: what an
 * operation leaves unused of them changes what its sponsor is charged, not what the transaction costs.
 */
export const gasLimits = {
  callGasLimit: 900_000n,
  verificationGasLimit: 1_500_000n,
  preVerificationGas: 60_000n,
  paymasterVerificationGasLimit: 100_000n,
  paymasterPostOpGasLimit: 1n,
  maxFeePerGas: 2_000_000_000n,
  maxPriorityFeePerGas: 1_000_000_000n,
} as const;

/**
 * Sends operations in one transaction to an EntryPoint, as a bundler does. The ABI of `handleOps` is the same in
 * EntryPoint 0.7 and 0.8. Throws when an operation failed: its gas would not be that of what it was to do.
 */
export async function sendBundle(
  chain: DevChain,
  entryPoint: Address,
  operations: readonly UserOperation<'0.8'>[],
): Promise<TransactionReceipt> {
  const data = encodeFunctionData({
    abi: entryPoint08Abi,
    functionName: 'handleOps',
    args: [operations.map((operation) => toPackedUserOperation(operation)), bundler.address],
  });
  const receipt = await chain.transact('A bundle', entryPoint, data, bundler);
  const events = parseEventLogs({
    abi: entryPoint08Abi,
    eventName: 'UserOperationEvent',
    logs: receipt.logs,
  });
  const succeeded = events.filter(({ args }) => args.success).length;
  if (succeeded !== operations.length) {
    throw new Error(
      `${operations.length - succeeded} of ${operations.length} operations failed (${receipt.transactionHash}).`,
    );
  }
  return receipt;
}

/** The next nonce of an account in a lane. */
export function nonceOf(chain: DevChain, entryPoint: Address, account: Address, lane = 0n): Promise<bigint> {
  return chain.chain.readContract({
    address: entryPoint,
    abi: entryPoint08Abi,
    functionName: 'getNonce',
    args: [account, lane],
  });
}
