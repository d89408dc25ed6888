import { LichenError, type LichenErrorCode } from '@lichen/protocol';
import { z } from 'zod';
import { readBounded } from '../sources/fetchEvidence.ts';

export interface SourceEndpoint {
  readonly name: string;
  readonly url: string;
}

const errorSchema = z.object({
  error: z.string(),
  message: z.string().max(500),
  got: z.string().max(200).optional(),
  expected: z.string().max(200).optional(),
});

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
    const json: unknown = JSON.parse(new TextDecoder().decode(body ?? new Uint8Array()));
    if (response.ok) return json as T;
    const said = errorSchema.parse(json);
    throw new LichenError(said.error as LichenErrorCode, said.message, {
      retry: 'later',
      ...(said.got === undefined ? {} : { got: said.got }),
      ...(said.expected === undefined ? {} : { expected: said.expected }),
    });
  } catch (error) {
    if (error instanceof LichenError) throw error;
    const late = error instanceof Error && error.name === 'TimeoutError';
    throw new LichenError(late ? 'timeout' : 'source-unavailable', 'A source gave no usable answer.', {
      got: source.name,
      retry: 'later',
      cause: error,
    });
  }
}
