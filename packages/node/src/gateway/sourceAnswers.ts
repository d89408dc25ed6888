import { isLichenError, LichenError } from '@lichen/protocol';
import { readBounded } from '../sources/fetchEvidence.ts';
import { readRefusal } from './readRefusal.ts';

export interface SourceEndpoint {
  readonly name: string;
  readonly url: string;
}

/**
 * What a status source answers, as JSON that the caller compares with the other sources' before believing it.
 * @throws LichenError the source's own refusal, `source-unavailable` or `timeout`
 */
export async function askSource<T>(source: SourceEndpoint, path: string): Promise<T> {
  try {
    const response = await fetch(`${source.url}${path}`, {
      redirect: 'error',
      signal: AbortSignal.timeout(2_000),
    });
    const body = await readBounded(response, 4_000_000);
    if (body === undefined) throw new Error('its answer is too long');
    const json: unknown = JSON.parse(new TextDecoder().decode(body));
    if (response.ok) return json as T;
    throw readRefusal(json) ?? new Error(`status ${response.status}`);
  } catch (error) {
    if (isLichenError(error)) throw error;
    const late = error instanceof Error && error.name === 'TimeoutError';
    throw new LichenError(late ? 'timeout' : 'source-unavailable', 'A source gave no usable answer.', {
      got: `${source.name}: ${error instanceof Error ? error.message : String(error)}`,
      retry: 'later',
      cause: error,
    });
  }
}
