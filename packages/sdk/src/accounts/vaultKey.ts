import { LichenError } from '@lichen/protocol';
import { type Address, bytesToHex, type Hex, hexToBytes, isAddress, isHex, size } from 'viem';

/** Separates the uses of the vault's secrets from each other and from every other protocol (docs/spec/vault-key.md). */
export const vaultInfo = 'lichen vault v1';

/** What a page passes as `prf.eval.first` of WebAuthn: the same for all devices, since each answers with its own secret. */
export const vaultPrfInput: Uint8Array = new TextEncoder().encode(vaultInfo);

/** Bytes as WebCrypto takes them: never a view of shared memory. */
export type Bytes = Uint8Array<ArrayBuffer>;

/** Text as UTF-8 bytes. */
export function textBytes(text: string): Bytes {
  return new TextEncoder().encode(text) as Bytes;
}

/** Bytes of a hex text. @throws LichenError `bad-input` for another length or no hex. */
export function bytesOf(what: string, value: unknown, length?: number): Bytes {
  if (isHex(value) && value.length % 2 === 0 && (length === undefined || size(value) === length)) {
    return hexToBytes(value) as Bytes;
  }
  throw new LichenError('bad-input', `${what} is malformed.`, {
    got: typeof value === 'string' ? `${value.length} characters` : typeof value,
    expected: length === undefined ? '0x and hex digits' : `0x and ${2 * length} hex digits`,
    next: 'Take the copy from where it was kept first.',
    retry: 'after-fix',
  });
}

/** Refuses secrets of a wrong length before they are used as keys. @throws LichenError `bad-input`. */
export function demandSecret(what: string, secret: Uint8Array, length = 32): Bytes {
  // Some authenticators that cannot evaluate PRF answer with zeros; a key made of them is everybody's.
  if (secret.length === length && secret.some((byte) => byte !== 0)) return Uint8Array.from(secret);
  throw new LichenError('bad-input', `${what} is no secret.`, {
    got: secret.length === length ? 'zeros' : `${secret.length} bytes`,
    expected: `${length} random bytes`,
    retry: 'after-fix',
  });
}

/** @throws LichenError `bad-input` when it is no address. */
export function accountBytes(account: Address): Bytes {
  if (isAddress(account, { strict: false })) return hexToBytes(account) as Bytes;
  throw new LichenError('bad-input', 'That is not an account.', {
    got: String(account).slice(0, 60),
    expected: '0x and 40 hex digits',
    retry: 'after-fix',
  });
}

/** 32 random bytes: the one key of a person's vault. It is wrapped for each device and never kept bare. */
export function createVaultKey(): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(32));
}

/**
 * SHA-256 of a vault key under a label of its own: tells a right key from a wrong one and, the key being 256 random
 * bits, says nothing about it.
 * @returns 32 bytes.
 */
export async function vaultKeyCheck(vaultKey: Uint8Array): Promise<Hex> {
  const input = Uint8Array.from([
    ...textBytes(`${vaultInfo} check`),
    ...demandSecret('The vault key', vaultKey),
  ]);
  return bytesToHex(new Uint8Array(await crypto.subtle.digest('SHA-256', input)));
}
