import { LichenError } from '@lichen/protocol';

/** Reads a journal's files: `checkpoint`, `tile/…`, `blob/<sha256>`. Undefined: there is no such file. */
export type ReadJournalFile = (path: string) => Promise<Uint8Array | undefined>;

const longestFile = 20_000_000;

/** A journal over HTTP: a gateway's `/v1/journals/<n>`, an agent's `/journal`, or any web server with its files. */
export function readJournalUrl(url: string): ReadJournalFile {
  const base = url.replace(/\/$/, '');
  return async (path) => {
    let answer: Response;
    try {
      answer = await fetch(`${base}/${path}`, { redirect: 'error', signal: AbortSignal.timeout(15_000) });
    } catch (cause) {
      throw new LichenError('source-unavailable', 'The journal cannot be reached.', {
        got: `${base}/${path}`,
        next: 'Check that the network runs with `lichen status`.',
        retry: 'later',
        cause,
      });
    }
    if (answer.status === 404) return undefined;
    const bytes = new Uint8Array(await answer.arrayBuffer());
    if (answer.ok && bytes.length <= longestFile) return bytes;
    throw new LichenError('source-unavailable', 'The journal does not answer as it should.', {
      got: `status ${answer.status}, ${bytes.length} bytes for ${path}`,
      retry: 'later',
    });
  };
}
