import { LichenError } from '@lichen/protocol';

export interface ReadAnswerLimits {
  /** Most bytes of a body, after decompression. */
  readonly maxBytes: number;
}

const refuse = (got: string, expected: string) =>
  new LichenError('source-unavailable', 'The model’s server gave an answer that is none.', {
    got,
    expected,
    next: 'Check the address: it must be that of an OpenAI-compatible endpoint.',
    retry: 'later',
  });

/** Body of a response, read up to a limit whatever its header says. @throws LichenError `source-unavailable` */
async function readBounded(response: Response, maxBytes: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  const reader = response.body?.getReader();
  if (reader === undefined) return new Uint8Array();
  for (let step = await reader.read(); !step.done; step = await reader.read()) {
    length += step.value.length;
    if (length > maxBytes) {
      await reader.cancel().catch(() => undefined);
      throw refuse(`more than ${maxBytes} bytes`, `at most ${maxBytes}`);
    }
    parts.push(step.value);
  }
  return Buffer.concat(parts);
}

/**
 * A `fetch` for one stranger: no redirect is followed, so that the key goes to one host only; the body is read up to a
 * limit, must say that it is JSON and be UTF-8.
 */
export function boundedFetch({ maxBytes }: ReadAnswerLimits): typeof fetch {
  return async (input, init) => {
    const response = await fetch(input, { ...init, redirect: 'manual' });
    const { status, headers } = response;
    if (status >= 300 && status < 400) {
      await response.body?.cancel().catch(() => undefined);
      throw refuse(`status ${status}, which sends to another address`, 'an answer from this one');
    }
    const mediaType = headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
    if (response.ok && mediaType !== 'application/json') {
      await response.body?.cancel().catch(() => undefined);
      throw refuse(`content of another type than it was asked for`, 'application/json');
    }
    const bytes = await readBounded(response, maxBytes);
    let text: string;
    try {
      text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    } catch {
      throw refuse('bytes that are no UTF-8', 'JSON in UTF-8');
    }
    const kept = new Headers({ 'content-type': 'application/json' });
    const wait = headers.get('retry-after');
    if (wait !== null) kept.set('retry-after', wait);
    // 204 and its like may not carry a body: the AI SDK sees an empty one.
    return new Response(text, { status: status === 204 || status === 205 ? 200 : status, headers: kept });
  };
}
