import { isLichenError } from '@lichen/protocol';

/** Code of the LichenError that a promise is refused with; throws when it is not refused, or with something else. */
export async function codeOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!isLichenError(error)) throw error ?? new Error('was not refused');
  return error.code;
}
