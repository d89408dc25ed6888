import { isLichenError, LichenError } from '@lichen/protocol';

/**
 * What a WebAuthn ceremony threw as an error that a person can act on. Browsers tell "closed", "timed out" and "no such
 * passkey here" by one name on purpose (WebAuthn level 2, section 14.5.2), so the text must cover all three.
 */
export function ceremonyError(error: unknown): LichenError {
  if (isLichenError(error)) return error;
  const name = error instanceof Error ? error.name : '';
  if (name === 'InvalidStateError') {
    return new LichenError('wrong-passkey', 'This device already holds a passkey of this account.', {
      next: 'Open the link on another device, or sign in here.',
      retry: 'after-fix',
      cause: error,
    });
  }
  if (name === 'SecurityError' || name === 'NotSupportedError') {
    return new LichenError('passkey-unsupported', 'Passkeys do not work at this address.', {
      got: window.location.origin,
      expected: 'a page at localhost, or one served over HTTPS under its own name',
      next: 'Open the console at localhost instead.',
      retry: 'after-fix',
      cause: error,
    });
  }
  return new LichenError('passkey-cancelled', 'Nothing was signed.', {
    got: name === '' ? 'an unknown answer of the browser' : name,
    next: 'The prompt was closed, timed out, or this device has no passkey of the account. Try again, or sign in with another device.',
    retry: 'after-fix',
    cause: error,
  });
}

/** Whether this page can ask for passkeys at all. A numeric address is no name that a passkey could be bound to. */
export function canUsePasskeys(): boolean {
  return (
    typeof PublicKeyCredential === 'function' &&
    window.isSecureContext &&
    !/^[\d.]+$|^\[/.test(window.location.hostname)
  );
}
