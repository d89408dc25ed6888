import { LichenError } from '@lichen/protocol';
import { type Address, bytesToHex, type Hex } from 'viem';
import { accountBytes, type Bytes, bytesOf, demandSecret, textBytes, vaultInfo } from './vaultKey.ts';

/** A vault key under the key of one device. It may be kept anywhere: only that device opens it. */
export interface WrappedVaultKey {
  readonly version: 1;
  readonly kind: 'device';
  readonly account: Address;
  /** Credential id or another name of the device, bytes; bound to the ciphertext. */
  readonly device: Hex;
  /** 12 bytes. */
  readonly nonce: Hex;
  /** 48 bytes: the key and the tag of AES-256-GCM. */
  readonly ciphertext: Hex;
}

export interface DeviceSecret {
  readonly account: Address;
  readonly device: Hex;
  /** The 32 bytes that the device's passkey gave for `vaultPrfInput` (WebAuthn level 3, section 10.1.4). */
  readonly prfOutput: Uint8Array;
}

/**
 * A vault key wrapped for one device: HKDF-SHA256 (RFC 5869) of the passkey's PRF output with the account as salt gives
 * the AES-256-GCM key. A second device wraps the same vault key under its own.
 * @throws LichenError `bad-input` when a secret has the wrong length or is zero.
 */
export async function wrapVaultKey(
  parameters: DeviceSecret & { readonly vaultKey: Uint8Array },
): Promise<WrappedVaultKey> {
  const { account, device } = parameters;
  const vaultKey = demandSecret('The vault key', parameters.vaultKey);
  const sealed = await seal(await deviceKey(parameters), vaultKey, contextOf('device', account, device));
  return { version: 1, kind: 'device', account, device, ...sealed };
}

/**
 * The vault key in a wrapping, 32 bytes.
 * @throws LichenError `bad-input` when the wrapping is of another account or device, altered, or malformed.
 */
export async function unwrapVaultKey(wrapped: WrappedVaultKey, secret: DeviceSecret): Promise<Uint8Array> {
  const context = contextOf('device', secret.account, secret.device);
  return open(await deviceKey(secret), wrapped, context, 'this device');
}

async function deviceKey({ account, prfOutput }: DeviceSecret): Promise<CryptoKey> {
  const secret = demandSecret('The PRF output', prfOutput);
  const material = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveKey']);
  return crypto.subtle.deriveKey(
    { name: 'HKDF', hash: 'SHA-256', salt: accountBytes(account), info: textBytes(vaultInfo) },
    material,
    { name: 'AES-GCM', length: 256 },
    false,
    ['encrypt', 'decrypt'],
  );
}

/** What a ciphertext is bound to besides its key: kind, account and name of the holder, each at a fixed place. */
export function contextOf(kind: 'device' | 'code', account: Address, name: Hex): Bytes {
  return Uint8Array.from([
    ...textBytes(`${vaultInfo}/${kind}\0`),
    ...accountBytes(account),
    ...bytesOf('The name of the device', name),
  ]);
}

/** AES-256-GCM under a fresh random nonce: a wrapping key seals a handful of times, far below the bound of 2^32. */
export async function seal(
  key: CryptoKey,
  plaintext: Bytes,
  context: Bytes,
): Promise<{ nonce: Hex; ciphertext: Hex }> {
  const nonce = crypto.getRandomValues(new Uint8Array(12));
  const ciphertext = await crypto.subtle.encrypt(
    { name: 'AES-GCM', iv: nonce, additionalData: context },
    key,
    plaintext,
  );
  return { nonce: bytesToHex(nonce), ciphertext: bytesToHex(new Uint8Array(ciphertext)) };
}

/** @throws LichenError `bad-input` when the tag does not fit: another key, another context, or flipped bytes. */
export async function open(
  key: CryptoKey,
  sealed: { readonly nonce: Hex; readonly ciphertext: Hex },
  context: Bytes,
  holder: string,
): Promise<Uint8Array> {
  const nonce = bytesOf('The nonce of the wrapped vault key', sealed.nonce, 12);
  const ciphertext = bytesOf('The wrapped vault key', sealed.ciphertext, 48);
  try {
    return new Uint8Array(
      await crypto.subtle.decrypt({ name: 'AES-GCM', iv: nonce, additionalData: context }, key, ciphertext),
    );
  } catch (cause) {
    throw new LichenError('bad-input', `The wrapped vault key does not open with ${holder}.`, {
      got: 'a tag that does not fit: wrapped for another account or holder, or altered',
      next: 'Use another of your devices, your recovery code, or your guardians.',
      retry: 'after-fix',
      cause,
    });
  }
}
