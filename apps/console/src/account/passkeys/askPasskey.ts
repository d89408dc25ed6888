import { type Assertion, LichenError } from '@lichen/protocol';
import { vaultPrfInput } from '@lichen/sdk';
import type { Hex } from 'viem';
import { bytesOfHex, hexOfBuffer } from './bytes.ts';
import { ceremonyError } from './ceremonyError.ts';

/** What a passkey answered. */
export interface PasskeyAnswer {
  readonly credentialId: Hex;
  /** The 32 bytes that the passkey carries; null where the authenticator keeps them to itself. */
  readonly userHandle: Hex | null;
  readonly assertion: Assertion;
  /** 32 bytes where the secret of the vault was asked for and the device has one. */
  readonly prfOutput: Uint8Array | null;
}

/** Second flag of the authenticator data: the person was verified (WebAuthn level 2, section 6.1). */
const userVerified = 0x04;

/**
 * Asks a passkey to sign 32 bytes: one prompt. With `credentialId` only that passkey may answer, and an answer of any
 * other is refused before it can reach anything; without, the person chooses among those of this site.
 * @throws LichenError `passkey-cancelled`, `wrong-passkey` when another answered, `passkey-unsupported` when the device
 * did not verify the person.
 */
export async function askPasskey(parameters: {
  readonly hash: Hex;
  readonly credentialId?: Hex;
  /** Also ask for the secret that the vault key is wrapped under. */
  readonly withVaultSecret?: boolean;
}): Promise<PasskeyAnswer> {
  const { hash, credentialId, withVaultSecret } = parameters;
  const credential = await navigator.credentials
    .get({
      publicKey: {
        rpId: window.location.hostname,
        challenge: bytesOfHex(hash),
        userVerification: 'required',
        allowCredentials:
          credentialId === undefined ? [] : [{ type: 'public-key', id: bytesOfHex(credentialId) }],
        ...(withVaultSecret === true
          ? { extensions: { prf: { eval: { first: Uint8Array.from(vaultPrfInput) } } } }
          : {}),
      },
    })
    .catch((error: unknown) => {
      throw ceremonyError(error);
    });
  if (credential === null) throw ceremonyError(undefined);
  const answer = credential as PublicKeyCredential;
  const response = answer.response as AuthenticatorAssertionResponse;
  const answeredBy = hexOfBuffer(answer.rawId);
  if (credentialId !== undefined && answeredBy !== credentialId) {
    throw new LichenError('wrong-passkey', 'That passkey belongs to another account. Nothing was sent.', {
      got: `passkey ${answeredBy.slice(0, 18)}…`,
      expected: `passkey ${credentialId.slice(0, 18)}…`,
      next: 'Choose the passkey of the account that the page shows, or switch to the other account first.',
      retry: 'after-fix',
    });
  }
  const authenticatorData = hexOfBuffer(response.authenticatorData);
  if ((bytesOfHex(authenticatorData)[32]! & userVerified) === 0) {
    throw new LichenError('passkey-unsupported', 'The device signed without checking who holds it.', {
      got: 'no user verification',
      expected: 'a fingerprint, face or code',
      next: 'Set a screen lock on this device, then try again.',
      retry: 'after-fix',
    });
  }
  const first = answer.getClientExtensionResults().prf?.results?.first;
  return {
    credentialId: answeredBy,
    userHandle:
      response.userHandle === null || response.userHandle.byteLength === 0
        ? null
        : hexOfBuffer(response.userHandle),
    assertion: {
      authenticatorData,
      clientDataJSON: new TextDecoder().decode(response.clientDataJSON),
      signature: hexOfBuffer(response.signature),
    },
    prfOutput: first === undefined ? null : new Uint8Array(first as ArrayBuffer),
  };
}
