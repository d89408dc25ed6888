import { LichenError } from '@lichen/protocol';
import type { CodeWrappedVaultKey, SealedVaultShare, VaultShare } from '@lichen/sdk';
import { fromBase64url, toBase64url } from '../passkeys/bytes.ts';

/** What travels as text between people and devices, by the word that it starts with. */
export interface Parcels {
  /** The vault key under a recovery code: no secret without the code. */
  readonly 'lichen-sealed-key': CodeWrappedVaultKey;
  /** A guardian's share, sealed for them: no secret. */
  readonly 'lichen-sealed-share': SealedVaultShare;
  /** A share that its guardian opened: a secret. */
  readonly 'lichen-open-share': VaultShare;
}

const names: Readonly<Record<keyof Parcels, string>> = {
  'lichen-sealed-key': 'a sealed vault key',
  'lichen-sealed-share': 'a sealed share',
  'lichen-open-share': 'a share',
};

/** A parcel as one line of letters. */
export function packParcel<K extends keyof Parcels>(kind: K, value: Parcels[K]): string {
  return `${kind}.${toBase64url(new TextEncoder().encode(JSON.stringify(value)))}`;
}

/**
 * What is in a line. Its bytes are checked where they are opened, by whoever has the key.
 * @throws LichenError `bad-input` when the line is of another kind or damaged.
 */
export function openParcel<K extends keyof Parcels>(kind: K, text: string): Parcels[K] {
  const trimmed = text.trim();
  const bytes = trimmed.startsWith(`${kind}.`) ? fromBase64url(trimmed.slice(kind.length + 1)) : null;
  const value = bytes === null ? null : parsed(new TextDecoder().decode(bytes));
  if (value !== null) return value as unknown as Parcels[K];
  throw new LichenError('bad-input', `That is not ${names[kind]}.`, {
    got: trimmed === '' ? 'nothing' : `${trimmed.slice(0, 24)}…`,
    expected: `a line that starts with ${kind}.`,
    next: 'Copy the whole line, from its first letter to its last.',
    retry: 'after-fix',
  });
}

function parsed(text: string): { readonly version: 1 } | null {
  try {
    const value: unknown = JSON.parse(text);
    const isParcel =
      typeof value === 'object' && value !== null && (value as { version?: unknown }).version === 1;
    return isParcel ? (value as { readonly version: 1 }) : null;
  } catch {
    return null;
  }
}
