import { type Assertion, encodePasskeySignature } from '@lichen/protocol';
import {
  type Address,
  concat,
  encodeAbiParameters,
  encodeFunctionData,
  type Hex,
  numberToHex,
  pad,
  size,
  slice,
  zeroAddress,
} from 'viem';
import { toPackedUserOperation, type UserOperation } from 'viem/account-abstraction';
import type { DevChain } from '../support/devChain.ts';
import type { RivalPackages } from '../support/rivalPackages.ts';
import { gasLimits, nonceOf } from './bundle.ts';
import type { RivalSponsor } from './rivalSponsor.ts';
import type { Call, Person, Wallet } from './wallet.ts';

const passkeyArtifacts = '@safe-global/safe-passkey/build/artifacts/contracts';
const moduleArtifacts = '@safe-global/safe-4337/build/artifacts/contracts';

/** Sources of the Safe's own contracts; each can carry the 4337 module and the passkey signer. */
export const safeVersions = {
  '1.4.1': '@safe-global/safe-contracts/build/artifacts/contracts',
  '1.5.0': '@safe-global/safe-smart-account/build/artifacts/contracts',
} as const;

/**
 * A Safe as its passkey package sets it up for ERC-4337: a proxy whose one owner is the shared WebAuthn signer, which
 * keeps the key in the Safe's storage (a signer contract of its own cannot be made in the same operation under ERC-7562),
 * with the 4337 module as module and fallback handler. P-256 by the precompile, with FCL's verifier behind it.
 */
export async function deploySafe(
  chain: DevChain,
  rivals: RivalPackages,
  entryPoint: Address,
  sponsor: RivalSponsor,
  version: keyof typeof safeVersions,
): Promise<Wallet> {
  const deploy = async (folder: string, file: string, args: readonly unknown[] = []) => {
    const name = file.slice(file.lastIndexOf('/') + 1);
    const code = rivals.artifact(`${folder}/${file}.sol/${name}.json`);
    return { abi: code.abi, address: await chain.deployCode(name, code, args) };
  };
  const singleton = await deploy(safeVersions[version], 'Safe');
  const factory = await deploy(safeVersions[version], 'proxies/SafeProxyFactory');
  const multiSend = await deploy(safeVersions[version], 'libraries/MultiSend');
  const module = await deploy(moduleArtifacts, 'Safe4337Module', [entryPoint]);
  const moduleSetup = await deploy(moduleArtifacts, 'SafeModuleSetup');
  const sharedSigner = await deploy(passkeyArtifacts, '4337/SafeWebAuthnSharedSigner');
  const signerFactory = await deploy(passkeyArtifacts, 'SafeWebAuthnSignerFactory');
  const fallbackVerifier = await deploy(passkeyArtifacts, 'verifiers/FCLP256Verifier');
  const verifiers = (0x100n << 160n) + BigInt(fallbackVerifier.address);

  const multi = (calls: readonly (Call & { readonly delegate?: boolean })[]): Hex =>
    encodeFunctionData({
      abi: multiSend.abi,
      functionName: 'multiSend',
      args: [
        concat(
          calls.map(({ to, data, delegate }) =>
            concat([delegate ? '0x01' : '0x00', to, pad('0x'), numberToHex(size(data), { size: 32 }), data]),
          ),
        ),
      ],
    });

  const creationOf = ({ device: { passkey }, index }: Person): Hex => {
    const setup = multi([
      {
        to: moduleSetup.address,
        delegate: true,
        data: encodeFunctionData({
          abi: moduleSetup.abi,
          functionName: 'enableModules',
          args: [[module.address]],
        }),
      },
      {
        to: sharedSigner.address,
        delegate: true,
        data: encodeFunctionData({
          abi: sharedSigner.abi,
          functionName: 'configure',
          args: [{ x: BigInt(passkey.x), y: BigInt(passkey.y), verifiers }],
        }),
      },
    ]);
    const initializer = encodeFunctionData({
      abi: singleton.abi,
      functionName: 'setup',
      args: [
        [sharedSigner.address],
        1n,
        multiSend.address,
        setup,
        module.address,
        zeroAddress,
        0n,
        zeroAddress,
      ],
    });
    return encodeFunctionData({
      abi: factory.abi,
      functionName: 'createProxyWithNonce',
      args: [singleton.address, initializer, BigInt(index)],
    });
  };

  const addresses = new Map<number, Address>();
  const addressOf = async (person: Person): Promise<Address> => {
    const known = addresses.get(person.index);
    if (known !== undefined) return known;
    const { data } = await chain.chain.call({ to: factory.address, data: creationOf(person) });
    const address = slice(data!, 12, 32);
    addresses.set(person.index, address);
    return address;
  };

  const secondKeyOf = ({ second: { passkey } }: Person) =>
    [BigInt(passkey.x), BigInt(passkey.y), verifiers] as const;
  const secondSignerOf = async (person: Person) =>
    (await chain.chain.readContract({
      address: signerFactory.address,
      abi: signerFactory.abi,
      functionName: 'getSigner',
      args: secondKeyOf(person),
    })) as Address;

  return {
    name: `Safe ${version} with its passkey module`,
    entryPoint,
    addressOf,
    async operation(person, calls, by = person.device) {
      const sender = await addressOf(person);
      const missing = (await chain.chain.getCode({ address: sender })) === undefined;
      const single = calls.length === 1;
      const unsigned: UserOperation<'0.8'> = {
        sender,
        nonce: await nonceOf(chain, entryPoint, sender),
        ...(missing ? { factory: factory.address, factoryData: creationOf(person) } : {}),
        callData: encodeFunctionData({
          abi: module.abi,
          functionName: 'executeUserOp',
          args: single ? [calls[0]!.to, 0n, calls[0]!.data, 0] : [multiSend.address, 0n, multi(calls), 1],
        }),
        ...gasLimits,
        // validAfter and validUntil: the module reads both from the signature.
        signature: `0x${'00'.repeat(12)}`,
      };
      const sponsored = await sponsor.sponsor(unsigned);
      const hash = (await chain.chain.readContract({
        address: module.address,
        abi: module.abi,
        functionName: 'getOperationHash',
        args: [toPackedUserOperation(sponsored)],
      })) as Hex;
      const owner = by === person.second ? await secondSignerOf(person) : sharedSigner.address;
      const signature = safeSignature(owner, by.sign(hash));
      return { ...sponsored, signature: concat([unsigned.signature, signature]) };
    },
    async addSecond(person) {
      return [
        {
          to: signerFactory.address,
          data: encodeFunctionData({
            abi: signerFactory.abi,
            functionName: 'createSigner',
            args: secondKeyOf(person),
          }),
        },
        {
          to: await addressOf(person),
          data: encodeFunctionData({
            abi: singleton.abi,
            functionName: 'addOwnerWithThreshold',
            args: [await secondSignerOf(person), 1n],
          }),
        },
      ];
    },
  };
}

/** A contract owner's signature (Safe docs, "Signatures"): owner, offset and 0, then the WebAuthn signature of its signer. */
function safeSignature(owner: Address, assertion: Assertion): Hex {
  // encodePasskeySignature: index(1) ‖ r(32) ‖ s(32), with the lower s.
  const compact = encodePasskeySignature(0, assertion);
  const fields = assertion.clientDataJSON.slice(assertion.clientDataJSON.indexOf('"origin"'), -1);
  const webAuthn = encodeAbiParameters(
    [{ type: 'bytes' }, { type: 'string' }, { type: 'uint256' }, { type: 'uint256' }],
    [assertion.authenticatorData, fields, BigInt(slice(compact, 1, 33)), BigInt(slice(compact, 33, 65))],
  );
  return concat([
    pad(owner),
    numberToHex(65, { size: 32 }),
    '0x00',
    numberToHex(size(webAuthn), { size: 32 }),
    webAuthn,
  ]);
}
