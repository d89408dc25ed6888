import { LichenError } from '@lichen/protocol';
import type { JournalConfig } from '../client/config.ts';
import type { LichenClient } from '../client/createLichenClient.ts';
import { carriedErrorOf } from '../network/requestGateway.ts';

/**
 * Bytes of one file of a journal, through the gateway. Nothing is verified here.
 * @throws LichenError `not-found`, `source-unavailable`, `not-running`, `timeout`
 */
export async function fetchJournalFile(
  client: LichenClient,
  journal: JournalConfig,
  path: string,
): Promise<Uint8Array> {
  const url = new URL(`${journal.path}/${path}`, client.gatewayUrl);
  let response: Response;
  try {
    response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
  } catch (error) {
    const isLate = error instanceof DOMException && error.name === 'TimeoutError';
    throw new LichenError(isLate ? 'timeout' : 'not-running', 'The gateway does not hand out that journal.', {
      got: error instanceof Error ? error.message : String(error),
      next: 'See `lichen status`.',
      retry: 'later',
      cause: error,
    });
  }
  if (response.ok) return new Uint8Array(await response.arrayBuffer());
  const body: unknown = await response.json().catch(() => undefined);
  throw (
    carriedErrorOf(body) ??
    new LichenError('source-unavailable', 'The gateway answered with something else than the journal.', {
      got: `status ${response.status}`,
      retry: 'later',
    })
  );
}
