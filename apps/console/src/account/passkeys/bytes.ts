import { bytesToHex, type Hex, hexToBytes } from 'viem';

/** Bytes as WebCrypto and WebAuthn take them: never a view of shared memory. */
export type Bytes = Uint8Array<ArrayBuffer>;

/** Bytes of a hex text, in memory of their own. */
export function bytesOfHex(hex: Hex): Bytes {
  return Uint8Array.from(hexToBytes(hex));
}

/** Hex of what WebAuthn returns. */
export function hexOfBuffer(buffer: ArrayBuffer): Hex {
  return bytesToHex(new Uint8Array(buffer));
}

/** Base64url without padding (RFC 4648, section 5). */
export function toBase64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

/** Bytes of base64url text; null when it is none. */
export function fromBase64url(text: string): Bytes | null {
  if (!/^[A-Za-z0-9_-]+$/.test(text)) return null;
  try {
    return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (letter) =>
      letter.charCodeAt(0),
    );
  } catch {
    return null;
  }
}
