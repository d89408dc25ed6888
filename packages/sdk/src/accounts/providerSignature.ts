import { encodePasskeySignature, LichenError, verifyAssertion } from '@lichen/protocol';
import {
  concat,
  getTypesForEIP712Domain,
  type Hex,
  hashDomain,
  hashStruct,
  numberToHex,
  serializeErc6492Signature,
  size,
  stringToHex,
  type TypedDataDomain,
  type TypedDataParameter,
  zeroHash,
} from 'viem';
import { getEip712Domain } from 'viem/actions';
import { hashMessage, hashTypedData } from 'viem/experimental/erc7739';
import { onChain } from '../client/toLichenError.ts';
import { type AccountClient, accountsOf } from './accountClient.ts';

/** Typed data as a page sends it (EIP-712): names and values, known only when they arrive. */
export interface AnyTypedData {
  readonly domain: TypedDataDomain;
  readonly types: Record<string, TypedDataParameter[]>;
  readonly primaryType: string;
  readonly message: Record<string, unknown>;
}

/** The account's own EIP-712 domain: a signature of one account is worth nothing at another of the same person. */
async function verifierDomainOf({ address, client }: AccountClient) {
  // Asked of the implementation: the account itself may not be on the chain yet.
  const { domain } = await onChain(
    getEip712Domain(client.chain, { address: accountsOf(client).implementation }),
  );
  return {
    name: domain.name,
    version: domain.version,
    chainId: client.config.chainId,
    verifyingContract: address,
    salt: zeroHash,
  };
}

async function signHash(account: AccountClient, hash: Hex): Promise<Hex> {
  const { signer } = account;
  const assertion = await signer.sign(hash);
  if (verifyAssertion(signer.passkey, hash, assertion)) {
    return encodePasskeySignature(signer.index ?? 0, assertion);
  }
  throw new LichenError('wrong-passkey', 'That passkey does not belong to this account.', {
    got: 'an assertion by another passkey',
    expected: `passkey ${signer.passkey.x.slice(0, 10)}… of account ${account.address}`,
    next: 'Choose the passkey of this account, or sign in to the other account.',
    retry: 'after-fix',
  });
}

/** Wrapped so that a verifier can create the account first, where it is not on the chain yet (ERC-6492). */
async function verifiable(account: AccountClient, signature: Hex): Promise<Hex> {
  const { birth } = account;
  if (birth === undefined || (await account.isDeployed())) return signature;
  return serializeErc6492Signature({ address: birth.factory, data: birth.factoryData, signature });
}

/**
 * The account's signature of a message: ERC-7739 `PersonalSign`, which the account checks by ERC-1271.
 * @throws LichenError `wrong-passkey`, `chain-unreachable`; what the signer throws.
 */
export async function signPersonalMessage(account: AccountClient, message: Hex): Promise<Hex> {
  const verifierDomain = await verifierDomainOf(account);
  const hash = hashMessage({ message: { raw: message }, verifierDomain });
  return verifiable(account, await signHash(account, hash));
}

/**
 * The account's signature of typed data: ERC-7739 `TypedDataSign`, followed by the app's domain separator, the hash of
 * the contents and their type, from which the account rebuilds what was signed.
 * @throws LichenError `wrong-passkey`, `chain-unreachable`; what the signer throws.
 */
export async function signNestedTypedData(account: AccountClient, typedData: AnyTypedData): Promise<Hex> {
  const { domain, primaryType, message } = typedData;
  const { EIP712Domain = getTypesForEIP712Domain({ domain }), ...types } = typedData.types;
  const verifierDomain = await verifierDomainOf(account);
  // viem derives its types from literals; these come from a page, and validateTypedData has passed them.
  const nested = { domain, types: { ...types, EIP712Domain }, primaryType, message, verifierDomain };
  const hash = hashTypedData(nested as unknown as Parameters<typeof hashTypedData>[0]);
  const signature = await signHash(account, hash);
  const description = contentsDescription(primaryType, types);
  return verifiable(
    account,
    concat([
      signature,
      hashDomain({ domain, types: { EIP712Domain } } as unknown as Parameters<typeof hashDomain>[0]),
      hashStruct({ data: message, primaryType, types }),
      stringToHex(description),
      numberToHex(size(stringToHex(description)), { size: 2 }),
    ]),
  );
}

type Structs = Readonly<Record<string, readonly { readonly name: string; readonly type: string }[]>>;

/** Names of all structs that a struct refers to, itself included (EIP-712, `encodeType`). */
function structsIn(name: string, types: Structs, found: Set<string> = new Set()): Set<string> {
  const fields = types[name];
  if (fields === undefined || found.has(name)) return found;
  found.add(name);
  for (const { type } of fields) structsIn(type.replace(/\[.*$/, ''), types, found);
  return found;
}

/**
 * How ERC-7739 names the type of the contents. EIP-712 sorts the structs that a struct refers to; where the contents' own
 * is not the first of them, as in Uniswap's PermitSingle, its name follows explicitly.
 */
export function contentsDescription(primaryType: string, types: Structs): string {
  const sorted = [...structsIn(primaryType, types)].sort();
  const encoded = sorted
    .map((name) => `${name}(${types[name]!.map((field) => `${field.type} ${field.name}`).join(',')})`)
    .join('');
  return sorted[0] === primaryType ? encoded : encoded + primaryType;
}
