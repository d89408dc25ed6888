import { accountFactoryAbi, passkeyAccountAbi } from '@lichen/contracts';
import { listingOf, lookupOf, type Passkey } from '@lichen/protocol';
import { type Address, type Hex, isAddressEqual } from 'viem';
import type { LichenClient } from '../client/createLichenClient.ts';
import { onChain } from '../client/toLichenError.ts';
import { accountsOf } from './accountClient.ts';

/** An account that the directory lists for a passkey, and that holds this passkey now. */
export interface FoundAccount {
  readonly account: Address;
  readonly passkey: Passkey;
  /** Index that a signature by the passkey starts with. */
  readonly index: number;
}

/** The passkey's index in the account, or undefined when the account is not the factory's or does not hold it now. */
async function indexOf(
  client: LichenClient,
  account: Address,
  passkey: Passkey,
): Promise<number | undefined> {
  const { factory } = accountsOf(client);
  const isOurs = await onChain(
    client.chain.readContract({
      address: factory,
      abi: accountFactoryAbi,
      functionName: 'isAccount',
      args: [account],
    }),
  );
  // Only code that the factory made answers truthfully about its keys.
  if (!isOurs) return undefined;
  const [indices, keys] = await onChain(
    client.chain.readContract({ address: account, abi: passkeyAccountAbi, functionName: 'passkeys' }),
  );
  const position = keys.findIndex(
    (key) => BigInt(key.x) === BigInt(passkey.x) && BigInt(key.y) === BigInt(passkey.y),
  );
  return indices[position];
}

/**
 * The accounts that a passkey opens, newest listing first, found by the user handle that the authenticator gave. Listings
 * that somebody else planted do not pass: they lack the user handle that `mac` needs. Nor do keys that an account has
 * removed.
 * @throws LichenError `bad-input` for a user handle that is not 32 bytes, `not-found` when the network has no accounts,
 * `chain-unreachable`.
 */
export async function findAccounts(
  client: LichenClient,
  parameters: { readonly userHandle: Hex; readonly fromBlock?: bigint },
): Promise<readonly FoundAccount[]> {
  const { userHandle } = parameters;
  const lookup = lookupOf(userHandle);
  const logs = await onChain(
    client.chain.getContractEvents({
      address: accountsOf(client).factory,
      abi: accountFactoryAbi,
      eventName: 'PasskeyListed',
      args: { lookup },
      fromBlock: parameters.fromBlock ?? 0n,
      toBlock: 'latest',
      strict: true,
    }),
  );
  // The proof is checked before the chain is asked about anything listed: thousands of planted listings cost one hash each.
  const proven = logs
    .map((log) => log.args)
    .filter(({ account, x, y, mac }) => listingOf(userHandle, account, { x, y }).mac === mac);
  const distinct = proven.filter(
    (listing, at) =>
      proven.findLastIndex(
        (other) =>
          isAddressEqual(other.account, listing.account) && other.x === listing.x && other.y === listing.y,
      ) === at,
  );
  const found = await Promise.all(
    distinct.toReversed().map(async ({ account, x, y }) => {
      const index = await indexOf(client, account, { x, y });
      return index === undefined ? [] : [{ account, passkey: { x, y }, index }];
    }),
  );
  return found.flat();
}
