import type { CodeWrappedVaultKey, WrappedVaultKey } from '@lichen/sdk';
import type { Address, Hex } from 'viem';

/** What a browser keeps of an account's vault key: sealed copies only, and how to tell a right key from a wrong one. */
export interface KeptVault {
  /** `vaultKeyCheck` of the key. */
  readonly check: Hex;
  /** Opens with the passkey of this device. */
  readonly device?: WrappedVaultKey;
  /** Opens with the recovery code. */
  readonly code?: CodeWrappedVaultKey;
  /** When shares were last made for guardians, unix milliseconds, and how many of how many. */
  readonly shares?: { readonly at: number; readonly threshold: number; readonly count: number };
}

function keyOf(account: Address): string {
  return `lichen.vault.${account.toLowerCase()}`;
}

/** The kept vault of an account; null when there is none. Sealed bytes are checked when they are opened. */
export function readVault(account: Address): KeptVault | null {
  try {
    const value = JSON.parse(localStorage.getItem(keyOf(account)) ?? 'null') as KeptVault | null;
    return typeof value?.check === 'string' ? value : null;
  } catch {
    return null;
  }
}

/** Keeps it. Unlike the list of accounts this cannot be found again on the chain, so a refusal is thrown. */
export function writeVault(account: Address, vault: KeptVault): void {
  localStorage.setItem(keyOf(account), JSON.stringify(vault));
}
