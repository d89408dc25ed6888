import { type Address, concat, type Hex, hexToBigInt, numberToHex, pad } from 'viem';
import { getUserOperationHash, type UserOperation } from 'viem/account-abstraction';
import type { LichenClient } from '../client/createLichenClient.ts';
import { accountsOf } from './accountClient.ts';

/** A user operation of EntryPoint 0.8 (ERC-4337). */
export type Operation = UserOperation<'0.8'>;

/** The key of the nonces of people's operations: one sequence, so that nothing overtakes. */
export const personNonceKey = 0n;

/**
 * Key of the nonces that `MandateValidator` checks: its address, then four bytes that keep one agent's sequence apart
 * from another's.
 */
export function mandateNonceKey(validator: Address, lane: number): bigint {
  return hexToBigInt(concat([validator, pad(numberToHex(lane), { size: 4 })]));
}

/** What is signed for an operation: its EIP-712 digest under the EntryPoint's domain. */
export function operationHashOf(client: LichenClient, operation: Operation): Hex {
  return getUserOperationHash({
    chainId: client.config.chainId,
    entryPointAddress: accountsOf(client).entryPoint,
    entryPointVersion: '0.8',
    userOperation: operation,
  });
}
