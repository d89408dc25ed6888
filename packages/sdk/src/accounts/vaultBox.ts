import { LichenError } from '@lichen/protocol';
import { AEAD_AES_256_GCM, CipherSuite, KDF_HKDF_SHA256, KEM_DHKEM_P256_HKDF_SHA256 } from 'hpke';
import { bytesToHex, type Hex } from 'viem';
import { type Bytes, bytesOf, demandSecret, textBytes, vaultInfo } from './vaultKey.ts';

/** What is sealed for a box: nobody but the box's owner opens it. */
export interface Sealed {
  /** 65 bytes: the sender's ephemeral point on P-256. */
  readonly encapsulated: Hex;
  readonly ciphertext: Hex;
}

/** RFC 9180 in base mode: DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM, which WebCrypto has everywhere. */
const suite = new CipherSuite(KEM_DHKEM_P256_HKDF_SHA256, KDF_HKDF_SHA256, AEAD_AES_256_GCM);
const info = textBytes(`${vaultInfo} box`);

/** The pair is derived from the vault key, so whoever has their vault has their box: nothing more to keep. */
async function pairOf(vaultKey: Uint8Array) {
  const secret = demandSecret('The vault key', vaultKey);
  const material = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveBits']);
  const seed = await crypto.subtle.deriveBits(
    { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(0), info },
    material,
    256,
  );
  return suite.DeriveKeyPair(new Uint8Array(seed));
}

/** Public key of the box of a vault, 65 bytes: what a guardian gives to the person whose share they will keep. */
export async function vaultBoxOf(vaultKey: Uint8Array): Promise<Hex> {
  const { publicKey } = await pairOf(vaultKey);
  return bytesToHex(await suite.SerializePublicKey(publicKey));
}

/**
 * Seals bytes for a box; `context` must be the same at opening.
 * @throws LichenError `bad-input` when the box is no public key.
 */
export async function sealForBox(box: Hex, plaintext: Uint8Array, context: Bytes): Promise<Sealed> {
  const bytes = bytesOf("The guardian's box", box, 65);
  const publicKey = await suite.DeserializePublicKey(bytes).catch((cause: unknown) => {
    throw new LichenError('bad-input', "The guardian's box is no point on P-256.", {
      got: box.slice(0, 20),
      next: 'Ask the guardian for their box again: lichen account show.',
      retry: 'after-fix',
      cause,
    });
  });
  const { encapsulatedSecret, ciphertext } = await suite.Seal(publicKey, plaintext, { info, aad: context });
  return { encapsulated: bytesToHex(encapsulatedSecret), ciphertext: bytesToHex(ciphertext) };
}

/**
 * Opens what was sealed for the box of a vault.
 * @throws LichenError `bad-input` when it was sealed for another box or in another context, or was altered.
 */
export async function openWithBox(vaultKey: Uint8Array, sealed: Sealed, context: Bytes): Promise<Uint8Array> {
  const encapsulated = bytesOf('The sealed share', sealed.encapsulated, 65);
  const ciphertext = bytesOf('The sealed share', sealed.ciphertext);
  try {
    return await suite.Open(await pairOf(vaultKey), encapsulated, ciphertext, { info, aad: context });
  } catch (cause) {
    throw new LichenError('bad-input', 'The share does not open with this vault.', {
      got: 'sealed for somebody else, or altered',
      next: 'Ask its owner for the share that was made for you.',
      retry: 'after-fix',
      cause,
    });
  }
}
