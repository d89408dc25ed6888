import type { Address, Hex } from 'viem';
import { entryPoint08Abi } from 'viem/account-abstraction';
import type { LichenClient } from '../client/createLichenClient.ts';
import { onChain } from '../client/toLichenError.ts';
import { accountsOf, type Birth } from './accountClient.ts';
import { measureOperation } from './measureOperation.ts';
import type { Operation } from './operation.ts';
import { sponsorOperation } from './sponsorOperation.ts';

export interface OperationInit {
  readonly sender: Address;
  readonly nonceKey: bigint;
  readonly callData: Hex;
  /** How the account comes into being; absent when it is on the chain. */
  readonly birth?: Birth;
  /** As many bytes as the signature will have. */
  readonly stubSignature: Hex;
}

/** An operation that only lacks its signature. */
export interface PreparedOperation {
  readonly operation: Operation;
  /** No earlier block can hold it. */
  readonly sinceBlock: bigint;
}

/** Wei per gas, with room for five full blocks between now and inclusion; and the newest block. */
async function getFees(client: LichenClient): Promise<{
  readonly fees: Pick<Operation, 'maxFeePerGas' | 'maxPriorityFeePerGas'>;
  readonly sinceBlock: bigint;
}> {
  const [block, maxPriorityFeePerGas] = await onChain(
    Promise.all([client.chain.getBlock(), client.chain.estimateMaxPriorityFeePerGas()]),
  );
  return {
    fees: { maxFeePerGas: (block.baseFeePerGas ?? 0n) * 2n + maxPriorityFeePerGas, maxPriorityFeePerGas },
    sinceBlock: block.number,
  };
}

/**
 * The next nonce of a sequence of an account's operations.
 * @throws LichenError `chain-unreachable`.
 */
export function getNonce(client: LichenClient, sender: Address, key: bigint): Promise<bigint> {
  const { entryPoint } = accountsOf(client);
  return onChain(
    client.chain.readContract({
      address: entryPoint,
      abi: entryPoint08Abi,
      functionName: 'getNonce',
      args: [sender, key],
    }),
  );
}

/**
 * A sponsored operation, ready to be signed: nothing in it may change any more, since the sponsor has signed it.
 * @throws LichenError the contract's own reason when the calls would be refused, `sponsor-exhausted`,
 * `bundler-unreachable`, `chain-unreachable`.
 */
export async function prepareOperation(
  client: LichenClient,
  init: OperationInit,
): Promise<PreparedOperation> {
  const { sender, callData, birth, stubSignature } = init;
  const [nonce, { fees, sinceBlock }, gas] = await Promise.all([
    getNonce(client, sender, init.nonceKey),
    getFees(client),
    measureOperation(client, init),
  ]);
  const operation: Operation = {
    sender,
    nonce,
    callData,
    ...birth,
    ...fees,
    ...gas,
    signature: stubSignature,
  };
  return { operation: { ...operation, ...(await sponsorOperation(client, operation)) }, sinceBlock };
}
