import { numberToHex } from 'viem';
import { formatUserOperationRequest } from 'viem/account-abstraction';
import type { LichenClient } from '../client/createLichenClient.ts';
import { addressAt, bigintAt, fieldsOf, hexAt } from '../network/readFields.ts';
import { accountsOf } from './accountClient.ts';
import { servicesOf } from './jsonRpc.ts';
import type { Operation } from './operation.ts';

/** The sponsor's part of an operation. */
export type SponsorFields = Required<
  Pick<Operation, 'paymaster' | 'paymasterData' | 'paymasterVerificationGasLimit' | 'paymasterPostOpGasLimit'>
>;

/**
 * The sponsor's signed consent to pay for exactly this operation (ERC-7677 `pm_getPaymasterData`). The stub of that
 * standard is for estimating gas; the gas is known here, so its round trip is saved.
 * @throws LichenError `sponsor-exhausted` when the quota of the account or of the day is spent; the contract's own reason
 * when the operation would fail; `bundler-unreachable`.
 */
export async function sponsorOperation(client: LichenClient, operation: Operation): Promise<SponsorFields> {
  const answer = await servicesOf(client).sponsor('pm_getPaymasterData', [
    formatUserOperationRequest(operation),
    accountsOf(client).entryPoint,
    numberToHex(client.config.chainId),
    {},
  ]);
  const fields = fieldsOf("The sponsor's answer", answer);
  return {
    paymaster: addressAt(fields, 'paymaster'),
    paymasterData: hexAt(fields, 'paymasterData'),
    paymasterVerificationGasLimit: bigintAt(fields, 'paymasterVerificationGasLimit'),
    paymasterPostOpGasLimit: bigintAt(fields, 'paymasterPostOpGasLimit'),
  };
}
