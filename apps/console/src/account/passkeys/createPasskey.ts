import { LichenError, type Passkey } from '@lichen/protocol';
import { vaultPrfInput } from '@lichen/sdk';
import { bytesToHex, type Hex } from 'viem';
import { bytesOfHex, hexOfBuffer } from './bytes.ts';
import { ceremonyError } from './ceremonyError.ts';

/** A passkey that was just made on this device. */
export interface MadePasskey {
  readonly credentialId: Hex;
  readonly passkey: Passkey;
  /** The 32 random bytes that the passkey carries: proof for the directory, so it is never sent anywhere. */
  readonly userHandle: Hex;
  /** Whether the device derives secrets from its passkey (WebAuthn PRF). */
  readonly hasPrf: boolean;
  /** 32 bytes where the device already gave its secret while making the passkey; most give it only when asked again. */
  readonly prfOutput: Uint8Array | null;
}

/** Subject public key info of P-256 (RFC 5480) is 26 bytes of header, then the uncompressed point `04 ‖ x ‖ y`. */
const pointAt = 26;

/**
 * Makes a passkey: one prompt. The user handle is random, since authenticators replace a passkey of the same handle: two
 * accounts of the same name must not become one.
 * @param name What the device shows in its list of passkeys.
 * @param known Credential ids that this device must not hold already.
 * @throws LichenError `passkey-cancelled`, `passkey-unsupported`, `wrong-passkey` when the device holds a known one.
 */
export async function createPasskey(name: string, known: readonly Hex[] = []): Promise<MadePasskey> {
  const userHandle = crypto.getRandomValues(new Uint8Array(32));
  const credential = await navigator.credentials
    .create({
      publicKey: {
        rp: { id: window.location.hostname, name: 'Lichen' },
        user: { id: userHandle, name, displayName: name },
        // No server checks the attestation: the chain learns the key, and later asks it to sign.
        challenge: crypto.getRandomValues(new Uint8Array(32)),
        attestation: 'none',
        pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
        authenticatorSelection: {
          residentKey: 'required',
          requireResidentKey: true,
          userVerification: 'required',
        },
        excludeCredentials: known.map((id) => ({ type: 'public-key', id: bytesOfHex(id) })),
        extensions: { prf: { eval: { first: Uint8Array.from(vaultPrfInput) } } },
      },
    })
    .catch((error: unknown) => {
      throw ceremonyError(error);
    });
  const made = credential as PublicKeyCredential | null;
  const response = made?.response as AuthenticatorAttestationResponse | undefined;
  const info = response?.getPublicKey?.();
  const point = info == null ? undefined : new Uint8Array(info).subarray(pointAt);
  if (made === null || point?.length !== 65 || point[0] !== 4 || response?.getPublicKeyAlgorithm() !== -7) {
    throw new LichenError('passkey-unsupported', 'This device made another kind of key than accounts use.', {
      got: `algorithm ${response?.getPublicKeyAlgorithm() ?? 'none'}`,
      expected: 'ES256, a key on P-256',
      next: 'Use another device, or another passkey manager.',
      retry: 'after-fix',
    });
  }
  const { prf } = made.getClientExtensionResults();
  const first = prf?.results?.first;
  return {
    credentialId: hexOfBuffer(made.rawId),
    passkey: { x: bytesToHex(point.slice(1, 33)), y: bytesToHex(point.slice(33)) },
    userHandle: bytesToHex(userHandle),
    hasPrf: prf?.enabled === true || first !== undefined,
    prfOutput: first === undefined ? null : new Uint8Array(first as ArrayBuffer),
  };
}
