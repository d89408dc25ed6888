import type { Passkey } from '@lichen/protocol';
import type { Birth } from '@lichen/sdk';
import { type Address, type Hex, isAddress, isHex, size } from 'viem';

/**
 * An account that this browser has used. Nothing here is secret and nothing here can sign: losing it costs one sign-in,
 * and altering it gets a refusal, since the chain asks the passkey.
 */
export interface RememberedAccount {
  readonly address: Address;
  /** What the person called it. */
  readonly name: string;
  readonly credentialId: Hex;
  readonly passkey: Passkey;
  /** Index of the passkey in the account. */
  readonly index: number;
  /** How the account comes into being, until the chain has it. */
  readonly birth?: Birth;
  /** Whether the passkey derives secrets; null while nobody asked. */
  readonly hasPrf: boolean | null;
}

/** All accounts of this browser on one network, the one in use first. */
export type RememberedAccounts = readonly RememberedAccount[];

/** Another start of an embedded network is another world: what was remembered of the first is of no use there. */
function keyOf(network: string): string {
  return `lichen.accounts.${network}`;
}

function isRemembered(value: unknown): value is RememberedAccount {
  const account = value as Partial<RememberedAccount> | null;
  return (
    typeof account === 'object' &&
    account !== null &&
    isAddress(account.address ?? '') &&
    typeof account.name === 'string' &&
    isHex(account.credentialId) &&
    [account.passkey?.x, account.passkey?.y].every((word) => isHex(word) && size(word) === 32) &&
    Number.isInteger(account.index) &&
    (account.birth === undefined || (isAddress(account.birth.factory) && isHex(account.birth.factoryData)))
  );
}

/** The accounts that this browser remembers; what is damaged is left out. */
export function readRemembered(storage: Pick<Storage, 'getItem'>, network: string): RememberedAccounts {
  try {
    const value: unknown = JSON.parse(storage.getItem(keyOf(network)) ?? '[]');
    return Array.isArray(value) ? value.filter(isRemembered) : [];
  } catch {
    return [];
  }
}

/** Keeps them. A browser that keeps nothing (private mode, full disk) asks for a sign-in next time; nothing else breaks. */
export function writeRemembered(
  storage: Pick<Storage, 'setItem'>,
  network: string,
  accounts: RememberedAccounts,
): void {
  try {
    storage.setItem(keyOf(network), JSON.stringify(accounts));
  } catch {
    // The page works without.
  }
}

/** Puts an account first, in the place of what was known of it. */
export function withRemembered(accounts: RememberedAccounts, account: RememberedAccount): RememberedAccounts {
  return [account, ...withoutRemembered(accounts, account.address)];
}

/** All but one. */
export function withoutRemembered(accounts: RememberedAccounts, address: Address): RememberedAccounts {
  return accounts.filter((known) => known.address.toLowerCase() !== address.toLowerCase());
}
