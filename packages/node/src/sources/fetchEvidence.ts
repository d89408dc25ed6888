import { isLichenError, LichenError } from '@lichen/protocol';
import type { z } from 'zod';
import type { Evidence, EvidenceStore } from '../evidence/evidenceStore.ts';
import type { Pace } from './pace.ts';

export interface FetchLimits {
  /** Milliseconds for the whole exchange. */
  readonly timeoutMs: number;
  /** Bytes of body; one more and the response is refused. */
  readonly maxBytes: number;
}

export const defaultLimits: FetchLimits = { timeoutMs: 1_500, maxBytes: 2_000_000 };

export interface Fetched<T> {
  readonly data: T;
  readonly evidence: Evidence;
}

export interface FetchOptions {
  readonly headers?: Record<string, string>;
  readonly limits?: FetchLimits;
  readonly pace?: Pace;
  /** Credentials that were sent: a body that repeats one is refused, since what is kept can be asked for by anybody. */
  readonly secrets?: readonly string[];
}

/** What a refusal by status carries as its cause. */
interface RefusedStatus {
  readonly status: number;
}

/** The HTTP status that an error of `fetchEvidence` came from, or undefined when it came from something else. */
export function statusOf(error: unknown): number | undefined {
  const cause = isLichenError(error) ? (error.cause as Partial<RefusedStatus> | undefined) : undefined;
  return typeof cause?.status === 'number' ? cause.status : undefined;
}

function unavailable(url: string, got: string, cause?: unknown): LichenError {
  return new LichenError('source-unavailable', 'A source gave no usable answer.', {
    got: `${new URL(url).origin}: ${got}`,
    next: 'Nothing to do: the other sources are asked, and this one again later.',
    retry: 'later',
    ...(cause === undefined ? {} : { cause }),
  });
}

function refusedStatus(url: string, status: number): LichenError {
  const cause: RefusedStatus = { status };
  if (status !== 401 && status !== 403) return unavailable(url, `status ${status}`, cause);
  return new LichenError('source-unavailable', 'A source refused our credential.', {
    got: `${new URL(url).origin}: status ${status}`,
    next: 'Correct the environment variable that the sources file names, and start again.',
    retry: 'after-fix',
    cause,
  });
}

/** True when the bytes hold one of the texts. */
function holdsAny(bytes: Uint8Array, texts: readonly string[]): boolean {
  return texts.some((text) => text !== '' && Buffer.from(bytes).includes(text));
}

/** Reads at most `maxBytes` of a body. A content-length header is not believed. */
export async function readBounded(response: Response, maxBytes: number): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = response.body?.getReader();
  if (reader === undefined) return new Uint8Array();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return Buffer.concat(chunks);
    size += value.length;
    if (size > maxBytes) {
      await reader.cancel().catch(() => undefined);
      return undefined;
    }
    chunks.push(value);
  }
}

/**
 * Fetches JSON from a source: bounded in time and size, redirects refused, checked by a schema. The body is kept as
 * evidence before it is believed, so that a hostile body can be shown later. Text in it never leaves the schema's fields.
 * @throws LichenError `timeout`; `source-unavailable` on any other failure, including a body that breaks the schema;
 * `unknown-flight` on 404
 */
export async function fetchEvidence<T>(
  url: string,
  schema: z.ZodType<T>,
  store: EvidenceStore,
  init: FetchOptions = {},
): Promise<Fetched<T>> {
  const limits = init.limits ?? defaultLimits;
  init.pace?.take();
  try {
    const response = await fetch(url, {
      headers: { accept: 'application/json', ...init.headers },
      redirect: 'error',
      signal: AbortSignal.timeout(limits.timeoutMs),
    });
    init.pace?.heard(response.status, response.headers);
    const body = await readBounded(response, limits.maxBytes);
    if (body === undefined) throw unavailable(url, `a body of more than ${limits.maxBytes} bytes`);
    if (response.status === 404) {
      throw new LichenError('unknown-flight', 'The source knows nothing of that.', {
        got: new URL(url).origin,
        retry: 'later',
      });
    }
    if (!response.ok) throw refusedStatus(url, response.status);
    if (holdsAny(body, init.secrets ?? [])) throw unavailable(url, 'a body that repeats our credential');
    const bodyHash = await store.put(body);
    const evidence: Evidence = { url, fetchedAt: Math.floor(Date.now() / 1000), bodyHash };
    let parsed: unknown;
    try {
      parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
    } catch (error) {
      throw unavailable(url, 'a body that is not JSON', error);
    }
    const checked = schema.safeParse(parsed);
    if (!checked.success) {
      const issue = checked.error.issues[0];
      throw unavailable(url, `a body that breaks its schema at ${issue?.path.join('.') || 'the top'}`);
    }
    return { data: checked.data, evidence };
  } catch (error) {
    if (isLichenError(error)) throw error;
    if (error instanceof Error && error.name === 'TimeoutError') {
      throw new LichenError('timeout', 'A source did not answer in time.', {
        got: `${new URL(url).origin}: nothing within ${limits.timeoutMs} ms`,
        next: 'Nothing to do: the other sources are asked, and this one again later.',
        retry: 'later',
        cause: error,
      });
    }
    throw unavailable(url, error instanceof Error ? error.message : 'no connection', error);
  }
}
