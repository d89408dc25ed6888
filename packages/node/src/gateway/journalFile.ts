import { LichenError } from '@lichen/protocol';
import { readBounded } from '../sources/fetchEvidence.ts';

/** Files of a journal, as `createJournalApp` serves them; nothing else of their writer is handed on. */
const allowed = /^(checkpoint|tile\/[0-9a-z/.]{1,80}|receipt\/\d{1,16}|blob\/[0-9a-f]{64})$/;
/** A bundle of the longest entries is 16 MB. */
const longestFile = 17_000_000;

/** Hands on one file of a journal that its writer serves. @throws LichenError `not-found`, `source-unavailable` */
export async function journalFile(
  writer: { readonly url: string } | undefined,
  path: string,
): Promise<Response> {
  if (writer === undefined || !allowed.test(path) || path.includes('..')) {
    throw new LichenError('not-found', 'No journal has such a file.', {
      got: path.slice(0, 120),
      retry: 'never',
    });
  }
  let answer: Response;
  try {
    answer = await fetch(`${writer.url}/journal/${path}`, {
      redirect: 'error',
      signal: AbortSignal.timeout(5_000),
    });
  } catch (error) {
    throw new LichenError('source-unavailable', 'The writer of that journal does not answer.', {
      got: error instanceof Error ? error.message : String(error),
      next: 'Try again in a moment; a copy of the journal elsewhere is as good, its head proves it.',
      retry: 'later',
      cause: error,
    });
  }
  const body = (await readBounded(answer, longestFile)) ?? new Uint8Array();
  const isText = path === 'checkpoint' || path.startsWith('receipt/');
  return new Response(Buffer.from(body), {
    status: answer.status,
    headers: {
      'content-type': answer.ok
        ? isText
          ? 'text/plain; charset=utf-8'
          : 'application/octet-stream'
        : 'application/json',
      'x-content-type-options': 'nosniff',
      'cache-control': answer.headers.get('cache-control') ?? 'no-cache',
    },
  });
}
