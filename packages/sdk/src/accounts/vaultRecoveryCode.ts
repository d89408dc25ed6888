import { LichenError } from '@lichen/protocol';
import { type Address, bytesToHex, type Hex } from 'viem';
import { accountBytes, bytesOf, demandSecret, textBytes, vaultInfo } from './vaultKey.ts';
import { contextOf, open, seal } from './vaultWrap.ts';

/** Crockford's base 32: no I, L, O, U, so that a code survives handwriting (www.crockford.com/base32.html). */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const codeLength = 30;
const secretLength = 16;
const checkBits = 22n;
/** OWASP's figure of 2023 for PBKDF2-HMAC-SHA256; the code has 128 random bits, so this is a second belt. */
const iterations = 600_000;

/** A vault key under a recovery code, for people whose passkey has no PRF. */
export interface CodeWrappedVaultKey {
  readonly version: 1;
  readonly kind: 'code';
  readonly account: Address;
  /** 16 bytes. */
  readonly salt: Hex;
  readonly iterations: number;
  readonly nonce: Hex;
  readonly ciphertext: Hex;
}

/** Bits 0 to 21 of SHA-256 of the secret: a mistyped code passes once in four million. */
async function checkOf(secret: Uint8Array): Promise<bigint> {
  const input = Uint8Array.from([...textBytes(`${vaultInfo} code`), ...secret]);
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', input));
  return BigInt(bytesToHex(digest.slice(0, 3))) >> (24n - checkBits);
}

/**
 * A new recovery code: 128 random bits and a 22-bit checksum, as six groups of five such as `7Q2MX-…`.
 * It opens the vault by itself: write it down, keep it off the device.
 */
export async function createRecoveryCode(): Promise<string> {
  return encode(crypto.getRandomValues(new Uint8Array(secretLength)));
}

async function encode(secret: Uint8Array): Promise<string> {
  let value = (BigInt(bytesToHex(secret)) << checkBits) | (await checkOf(secret));
  let text = '';
  for (let at = 0; at < codeLength; at++) {
    text = alphabet[Number(value & 31n)]! + text;
    value >>= 5n;
  }
  return text.match(/.{5}/g)!.join('-');
}

/**
 * The 16 secret bytes of a recovery code. Spaces, hyphens and case do not matter; I and L are read as 1, O as 0.
 * @throws LichenError `bad-input` when letters are missing or mistyped. The code itself is never part of the error.
 */
export async function parseRecoveryCode(text: string): Promise<Uint8Array> {
  const letters = text.toUpperCase().replace(/[\s-]/g, '').replace(/[IL]/g, '1').replace(/O/g, '0');
  const digits = [...letters].map((letter) => alphabet.indexOf(letter));
  if (digits.length !== codeLength || digits.includes(-1)) {
    refuseCode(`${digits.length} letters${digits.includes(-1) ? ', some of which no code has' : ''}`);
  }
  const value = digits.reduce((sum, digit) => (sum << 5n) | BigInt(digit), 0n);
  const secret = bytesOf(
    'The recovery code',
    `0x${(value >> checkBits).toString(16).padStart(2 * secretLength, '0')}`,
    secretLength,
  );
  if ((value & ((1n << checkBits) - 1n)) !== (await checkOf(secret))) refuseCode('a mistyped letter');
  return secret;
}

function refuseCode(got: string): never {
  throw new LichenError('bad-input', 'That is not a recovery code.', {
    got,
    expected: `${codeLength} letters and digits in six groups of five`,
    next: 'Compare it with your note, letter by letter.',
    retry: 'after-fix',
  });
}

/**
 * A vault key wrapped under a recovery code: PBKDF2-HMAC-SHA256 (RFC 8018) of the code's secret, then AES-256-GCM.
 * @throws LichenError `bad-input` for a code that is none.
 */
export async function wrapVaultKeyWithCode(parameters: {
  readonly vaultKey: Uint8Array;
  readonly account: Address;
  readonly code: string;
}): Promise<CodeWrappedVaultKey> {
  const { account, code } = parameters;
  const vaultKey = demandSecret('The vault key', parameters.vaultKey);
  const salt = bytesToHex(crypto.getRandomValues(new Uint8Array(16)));
  const sealed = await seal(
    await codeKey(code, salt, iterations),
    vaultKey,
    contextOf('code', account, salt),
  );
  return { version: 1, kind: 'code', account, salt, iterations, ...sealed };
}

/**
 * The vault key in a wrapping by code, 32 bytes.
 * @throws LichenError `bad-input` for a mistyped or another code, another account, or altered bytes.
 */
export async function unwrapVaultKeyWithCode(
  wrapped: CodeWrappedVaultKey,
  secret: { readonly account: Address; readonly code: string },
): Promise<Uint8Array> {
  // Whoever keeps the wrapping must not be able to make opening it weak, or to make it hang.
  if (wrapped.iterations !== iterations) {
    throw new LichenError('bad-input', 'The wrapped vault key is malformed.', {
      got: `${wrapped.iterations} iterations`,
      expected: String(iterations),
      retry: 'after-fix',
    });
  }
  accountBytes(secret.account);
  const key = await codeKey(secret.code, wrapped.salt, wrapped.iterations);
  return open(key, wrapped, contextOf('code', secret.account, wrapped.salt), 'this recovery code');
}

async function codeKey(code: string, salt: Hex, rounds: number): Promise<CryptoKey> {
  const secret = demandSecret('The recovery code', await parseRecoveryCode(code), secretLength);
  const material = await crypto.subtle.importKey('raw', secret, 'PBKDF2', false, ['deriveKey']);
  return crypto.subtle.deriveKey(
    {
      name: 'PBKDF2',
      hash: 'SHA-256',
      salt: bytesOf('The salt of the wrapped vault key', salt, 16),
      iterations: rounds,
    },
    material,
    { name: 'AES-GCM', length: 256 },
    false,
    ['encrypt', 'decrypt'],
  );
}
