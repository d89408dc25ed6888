import { type Address, concatHex, type Hex, numberToHex, type TypedDataDomain } from 'viem';
import { toPackedUserOperation } from 'viem/account-abstraction';
import { privateKeyToAccount } from 'viem/accounts';
import type { PricedOperation } from './sponsorLimits.ts';

/** What the sponsor signs: OpenZeppelin 5.7, PaymasterSigner. The paymaster's own data cannot be part of it. */
const types = {
  UserOperationRequest: [
    { name: 'sender', type: 'address' },
    { name: 'nonce', type: 'uint256' },
    { name: 'initCode', type: 'bytes' },
    { name: 'callData', type: 'bytes' },
    { name: 'accountGasLimits', type: 'bytes32' },
    { name: 'preVerificationGas', type: 'uint256' },
    { name: 'gasFees', type: 'bytes32' },
    { name: 'paymasterVerificationGasLimit', type: 'uint256' },
    { name: 'paymasterPostOpGasLimit', type: 'uint256' },
    { name: 'validAfter', type: 'uint48' },
    { name: 'validUntil', type: 'uint48' },
  ],
} as const;

/** As long as a signature and of the same shape, so that gas can be estimated with it; of nobody's key. */
const nobodysSignature: Hex = `0x${'11'.repeat(32)}${'22'.repeat(32)}1c`;

/** Paymaster data is `validAfter(6) ‖ validUntil(6) ‖ signature(65)`, times in unix seconds. */
function paymasterData(validUntil: number, signature: Hex): Hex {
  return concatHex([numberToHex(0, { size: 6 }), numberToHex(validUntil, { size: 6 }), signature]);
}

export function stubPaymasterData(validUntil: number): Hex {
  return paymasterData(validUntil, nobodysSignature);
}

/** Signs that the sponsor pays for the operation until `validUntil`, unix seconds. */
export async function signPaymasterData(
  key: Hex,
  domain: TypedDataDomain,
  sponsor: Address,
  operation: PricedOperation,
  validUntil: number,
): Promise<Hex> {
  const packed = toPackedUserOperation({
    ...operation,
    paymaster: sponsor,
    paymasterData: '0x',
    signature: '0x',
  });
  const signature = await privateKeyToAccount(key).signTypedData({
    domain,
    types,
    primaryType: 'UserOperationRequest',
    message: {
      sender: packed.sender,
      nonce: packed.nonce,
      initCode: packed.initCode,
      callData: packed.callData,
      accountGasLimits: packed.accountGasLimits,
      preVerificationGas: packed.preVerificationGas,
      gasFees: packed.gasFees,
      paymasterVerificationGasLimit: operation.paymasterVerificationGasLimit,
      paymasterPostOpGasLimit: operation.paymasterPostOpGasLimit,
      validAfter: 0,
      validUntil,
    },
  });
  return paymasterData(validUntil, signature);
}
