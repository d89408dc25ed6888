import type { SoftwarePasskey } from '@lichen/protocol';
import {
  type Address,
  encodeFunctionData,
  type Hex,
  hashTypedData,
  numberToHex,
  type TypedDataDefinition,
  zeroAddress,
} from 'viem';
import type { UserOperation } from 'viem/account-abstraction';
import type { PrivateKeyAccount } from 'viem/accounts';
import { foundry } from 'viem/chains';
import type { DevChain } from '../support/devChain.ts';
import type { RivalPackages } from '../support/rivalPackages.ts';
import { gasLimits, nonceOf } from './bundle.ts';
import type { RivalSponsor } from './rivalSponsor.ts';
import type { Call, Person, Wallet } from './wallet.ts';

/** The addresses that MetaMask's kit hands back from deploying its contracts. */
export interface MetaMaskEnvironment {
  readonly EntryPoint: Address;
  readonly DelegationManager: Address;
  readonly SimpleFactory: Address;
}

/** A delegation of MetaMask's framework (ERC-7710). */
export interface Delegation {
  readonly delegate: Address;
  readonly delegator: Address;
  readonly authority: Hex;
  readonly caveats: readonly unknown[];
  readonly salt: Hex;
  readonly signature: Hex;
}

/** The part of `@metamask/smart-accounts-kit` that the benchmark calls. */
export interface MetaMaskKit {
  toMetaMaskSmartAccount(parameters: unknown): Promise<MetaMaskAccount>;
  createDelegation(options: unknown): Delegation;
  readonly contracts: {
    readonly DelegationManager: {
      readonly encode: {
        redeemDelegations(parameters: {
          delegations: readonly (readonly Delegation[])[];
          modes: readonly Hex[];
          executions: readonly (readonly { target: Address; value: bigint; callData: Hex }[])[];
        }): Hex;
        disableDelegation(parameters: { delegation: Delegation }): Hex;
      };
    };
  };
}

export interface MetaMaskAccount {
  readonly address: Address;
  getFactoryArgs(): Promise<{ factory: Address; factoryData: Hex }>;
  encodeCalls(calls: readonly Call[]): Promise<Hex>;
  signUserOperation(operation: unknown): Promise<Hex>;
  signDelegation(options: { delegation: Delegation }): Promise<Hex>;
}

export interface MetaMaskWallet extends Wallet {
  readonly kit: MetaMaskKit;
  readonly environment: MetaMaskEnvironment;
  accountOf(person: Person): Promise<MetaMaskAccount>;
  /** An account with no passkey, whose owner is a secp256k1 key. */
  ownedBy(owner: PrivateKeyAccount): Promise<MetaMaskAccount>;
}

/** The kit reports each call of its functions to its vendor unless this is set before the first one. */
export function silenceKit(): void {
  process.env.DO_NOT_TRACK = '1';
}

/** Deploys EntryPoint 0.7, the delegation manager, the account implementations and all enforcers: 39 transactions. */
export async function deployMetaMaskEnvironment(
  chain: DevChain,
  rivals: RivalPackages,
): Promise<MetaMaskEnvironment> {
  silenceKit();
  const { deploySmartAccountsEnvironment } = await rivals.load<{
    deploySmartAccountsEnvironment(...args: unknown[]): Promise<MetaMaskEnvironment>;
  }>('@metamask/smart-accounts-kit/dist/utils/index.mjs');
  return deploySmartAccountsEnvironment(chain.wallet, chain.chain, foundry);
}

/** MetaMask's HybridDeleGator, owned by passkeys alone, through MetaMask's own kit. */
export async function deployMetaMask(
  chain: DevChain,
  rivals: RivalPackages,
  environment: MetaMaskEnvironment,
  sponsor: RivalSponsor,
): Promise<MetaMaskWallet> {
  silenceKit();
  const kit = await rivals.load<MetaMaskKit>('@metamask/smart-accounts-kit/dist/index.mjs');
  const abis = await rivals.load<{ HybridDeleGator: readonly unknown[] }>(
    '@metamask/delegation-abis/dist/index.mjs',
  );
  const entryPoint = environment.EntryPoint;
  const hybrid = (
    salt: number,
    deployParams: readonly unknown[],
    signer: unknown,
  ): Promise<MetaMaskAccount> =>
    kit.toMetaMaskSmartAccount({
      client: chain.chain,
      implementation: 'Hybrid',
      deployParams,
      deploySalt: numberToHex(salt, { size: 32 }),
      signer,
      environment,
    });
  const accountOf = ({ index, device }: Person, by = device): Promise<MetaMaskAccount> =>
    hybrid(index, [zeroAddress, ['first'], [BigInt(device.passkey.x)], [BigInt(device.passkey.y)]], {
      keyId: by === device ? 'first' : 'second',
      webAuthnAccount: webAuthnAccountOf(by),
    });
  return {
    name: 'MetaMask HybridDeleGator',
    kit,
    environment,
    entryPoint,
    accountOf,
    ownedBy: (owner) => hybrid(0, [owner.address, [], [], []], { account: owner }),
    addressOf: async (person) => (await accountOf(person)).address,
    async operation(person, calls, by) {
      const account = await accountOf(person, by);
      const missing = (await chain.chain.getCode({ address: account.address })) === undefined;
      const unsigned: UserOperation<'0.8'> = {
        sender: account.address,
        nonce: await nonceOf(chain, entryPoint, account.address),
        ...(missing ? await account.getFactoryArgs() : {}),
        callData: await account.encodeCalls(calls),
        ...gasLimits,
        signature: '0x',
      };
      const sponsored = await sponsor.sponsor(unsigned);
      return { ...sponsored, signature: await account.signUserOperation(sponsored) };
    },
    async addSecond(person) {
      const { x, y } = person.second.passkey;
      return [
        {
          to: (await accountOf(person)).address,
          data: encodeFunctionData({
            abi: abis.HybridDeleGator,
            functionName: 'addKey',
            args: ['second', BigInt(x), BigInt(y)],
          }),
        },
      ];
    },
  };
}

/** viem's WebAuthnAccount over a software passkey: what the kit signs with. */
function webAuthnAccountOf({ sign }: SoftwarePasskey) {
  return {
    type: 'webAuthn',
    signTypedData: async (definition: TypedDataDefinition) => {
      const { authenticatorData, clientDataJSON, signature } = sign(hashTypedData(definition));
      return { signature, webauthn: { authenticatorData, clientDataJSON } };
    },
  };
}
