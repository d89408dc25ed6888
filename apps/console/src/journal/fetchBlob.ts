import { blobHashOf, LichenError } from '@lichen/protocol';
import type { JournalConfig, LichenClient } from '@lichen/sdk';

/**
 * Bytes that a decision refers to, by their SHA-256, checked against it.
 * @throws LichenError `not-found` for a blob that was never kept or is deleted, `source-unavailable`, `bad-input` for other
 * bytes than asked for
 */
export async function fetchBlob(
  client: Pick<LichenClient, 'gatewayUrl'>,
  journal: Pick<JournalConfig, 'path'>,
  sha256: string,
): Promise<Uint8Array> {
  const response = await fetch(new URL(`${journal.path}/blob/${sha256}`, client.gatewayUrl), {
    signal: AbortSignal.timeout(10_000),
  });
  if (!response.ok) {
    const isGone = response.status === 404;
    throw new LichenError(
      isGone ? 'not-found' : 'source-unavailable',
      isGone
        ? 'The journal does not hold these bytes: never kept, or deleted.'
        : 'The writer of the journal does not answer.',
      {
        got: `status ${response.status}`,
        next: isGone
          ? 'The decision still proves their hash: whoever has the bytes can show that they are the ones.'
          : 'Try again in a moment.',
        retry: isGone ? 'never' : 'later',
      },
    );
  }
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (blobHashOf(bytes) !== sha256) {
    throw new LichenError('bad-input', 'The journal handed out other bytes than the decision saw.', {
      got: blobHashOf(bytes),
      expected: sha256,
      next: 'Do not trust them; look at the decision through another copy of the journal.',
      retry: 'never',
    });
  }
  return bytes;
}
