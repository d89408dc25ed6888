import { encodePasskeySignature, listingOf } from '@lichen/protocol';
import { encodeCalls, executionsOf } from '@lichen/sdk';
import { type Address, concat, encodeFunctionData, type Hex, keccak256, numberToHex, zeroHash } from 'viem';
import { getUserOperationHash, toPackedUserOperation, type UserOperation } from 'viem/account-abstraction';
import { foundry } from 'viem/chains';
import { artifactOf, type DevChain } from '../support/devChain.ts';
import { gasLimits, nonceOf } from './bundle.ts';
import type { LichenContracts } from './lichenContracts.ts';
import type { Call, Person, Wallet } from './wallet.ts';

export interface LichenWallet extends Wallet {
  readonly contracts: LichenContracts;
  /** Call data with which an account makes these calls (ERC-7579). */
  encodeCalls(calls: readonly Call[]): Hex;
  /** The operation with the sponsor's signature; its own signature is still missing. */
  sponsor(operation: UserOperation<'0.8'>): Promise<UserOperation<'0.8'>>;
  hashOf(operation: UserOperation<'0.8'>): Hex;
  /** How the person's account comes into being; its address commits to the calls that it makes at birth. */
  birthOf(person: Person, birthCalls: readonly Call[]): Promise<Birth>;
}

export interface Birth {
  readonly address: Address;
  readonly factory: Address;
  readonly factoryData: Hex;
}

/** Our accounts, each listed in the directory at its creation, as the console makes them. */
export function lichenWallet(chain: DevChain, contracts: LichenContracts): LichenWallet {
  const { entryPoint, factory, sponsor: paymaster, sponsorSigner } = contracts;
  const factoryAbi = artifactOf('AccountFactory').abi;
  const accountAbi = artifactOf('PasskeyAccount').abi;
  const userHandleOf = (person: Person, nth: number) => keccak256(numberToHex(2 * person.index + nth));

  const birthOf = async (person: Person, birthCalls: readonly Call[]): Promise<Birth> => {
    const { passkey } = person.device;
    const executions = executionsOf(birthCalls);
    const address = (await chain.chain.readContract({
      address: factory,
      abi: factoryAbi,
      functionName: 'accountOf',
      args: [passkey, zeroHash, executions],
    })) as Address;
    const listing = listingOf(userHandleOf(person, 0), address, passkey);
    const args = [passkey, zeroHash, listing, executions];
    return {
      address,
      factory,
      factoryData: encodeFunctionData({ abi: factoryAbi, functionName: 'createAccount', args }),
    };
  };
  const addressOf = async (person: Person) => (await birthOf(person, [])).address;

  const sponsor = async (operation: UserOperation<'0.8'>): Promise<UserOperation<'0.8'>> => {
    const validAfter = 0;
    const validUntil = (await chain.now()) + 600;
    const limits = {
      paymasterVerificationGasLimit: gasLimits.paymasterVerificationGasLimit,
      paymasterPostOpGasLimit: gasLimits.paymasterPostOpGasLimit,
    };
    const packed = toPackedUserOperation({ ...operation, ...limits, paymaster });
    const signature = await sponsorSigner.signTypedData({
      domain: {
        name: 'Lichen Sponsor',
        version: '1',
        chainId: foundry.id,
        verifyingContract: paymaster,
      },
      types: {
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
      },
      primaryType: 'UserOperationRequest',
      message: { ...packed, ...limits, validAfter, validUntil },
    });
    const dates = concat([numberToHex(validAfter, { size: 6 }), numberToHex(validUntil, { size: 6 })]);
    return { ...operation, ...limits, paymaster, paymasterData: concat([dates, signature]) };
  };

  const hashOf = (operation: UserOperation<'0.8'>): Hex =>
    getUserOperationHash({
      chainId: foundry.id,
      entryPointAddress: entryPoint,
      entryPointVersion: '0.8',
      userOperation: operation,
    });

  return {
    name: 'Lichen',
    entryPoint,
    contracts,
    encodeCalls,
    sponsor,
    hashOf,
    birthOf,
    addressOf,
    async operation(person, calls, by = person.device) {
      const { address: sender, ...birth } = await birthOf(person, []);
      const missing = (await chain.chain.getCode({ address: sender })) === undefined;
      const sponsored = await sponsor({
        sender,
        nonce: await nonceOf(chain, entryPoint, sender),
        ...(missing ? birth : {}),
        callData: encodeCalls(calls),
        ...gasLimits,
        signature: '0x',
      });
      // The second passkey is the first that an account adds: index 1.
      const index = by === person.second ? 1 : 0;
      return { ...sponsored, signature: encodePasskeySignature(index, by.sign(hashOf(sponsored))) };
    },
    async addSecond(person) {
      const { passkey } = person.second;
      const to = await addressOf(person);
      const listing = listingOf(userHandleOf(person, 1), to, passkey);
      const args = [passkey, listing];
      return [{ to, data: encodeFunctionData({ abi: accountAbi, functionName: 'addPasskey', args }) }];
    },
  };
}
