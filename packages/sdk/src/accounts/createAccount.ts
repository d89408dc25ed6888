import { accountFactoryAbi } from '@lichen/contracts';
import { accountAddressOf, type Listing, listingOf } from '@lichen/protocol';
import { encodeFunctionData, type Hex, zeroHash } from 'viem';
import type { LichenClient } from '../client/createLichenClient.ts';
import { type AccountClient, accountsOf, type Call, type PasskeySigner } from './accountClient.ts';
import { accountClientOf } from './accountClientOf.ts';
import { executionsOf } from './encodeCalls.ts';

export interface CreateAccountParameters {
  /** Becomes the account's first passkey. Its user handle, where it has one, is listed in the directory. */
  readonly signer: PasskeySigner;
  /** 32 bytes that tell several accounts of one passkey apart; zero when absent. */
  readonly salt?: Hex;
  /** What the account does as its first act, for example granting its first mandate. Its address commits to them. */
  readonly birthCalls?: readonly Call[];
}

/** A listing that nobody looks up, for a passkey without a user handle. */
const unlisted: Listing = { lookup: zeroHash, mac: zeroHash };

/**
 * A new account. Nothing is sent or asked: its address is certain already, money may be sent to it, and its first
 * operation creates it. The same passkey, salt and birth calls give the same account.
 * @example
 * const account = createAccount(client, { signer });
 * await sendCalls(account, calls);
 * @throws LichenError `not-found` when the network has no accounts, `bad-input` for a user handle that is not 32 bytes.
 */
export function createAccount(client: LichenClient, parameters: CreateAccountParameters): AccountClient {
  const { signer, salt = zeroHash, birthCalls = [] } = parameters;
  const { factory, implementation } = accountsOf(client);
  const executions = executionsOf(birthCalls);
  const address = accountAddressOf({ factory, implementation }, signer.passkey, salt, executions);
  const listing =
    signer.userHandle === undefined ? unlisted : listingOf(signer.userHandle, address, signer.passkey);
  const factoryData = encodeFunctionData({
    abi: accountFactoryAbi,
    functionName: 'createAccount',
    args: [signer.passkey, salt, listing, executions],
  });
  return accountClientOf(client, { address, signer, birth: { factory, factoryData } });
}
