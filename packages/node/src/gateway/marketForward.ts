import { LichenError } from '@lichen/protocol';
import { readBounded } from '../sources/fetchEvidence.ts';

const paths = new Set(['now', 'config']);
const longestAnswer = 200_000;
const signatureHeaders = ['lichen-signer', 'lichen-signature'];

/**
 * Hands on what the market says, byte for byte with its signature: whoever reads it checks that, not this gateway.
 * @throws LichenError `not-found`, `source-unavailable`
 */
export async function marketForward(
  marketUrl: string | undefined,
  path: string,
  bars: string | undefined,
): Promise<Response> {
  if (marketUrl === undefined || !paths.has(path) || (bars !== undefined && !/^\d{1,3}$/.test(bars))) {
    throw new LichenError('not-found', 'This network has no such market data.', {
      got: path.slice(0, 80),
      expected: 'now?bars=<count> or config, on the embedded network',
      retry: 'never',
    });
  }
  const query = bars === undefined ? '' : `?bars=${bars}`;
  let answer: Response;
  try {
    answer = await fetch(`${marketUrl}/v1/market/${path}${query}`, {
      redirect: 'error',
      signal: AbortSignal.timeout(5_000),
    });
  } catch (error) {
    throw new LichenError('source-unavailable', 'The market does not answer.', {
      got: error instanceof Error ? error.message : String(error),
      next: 'Wait a moment: a market that ended is started again. See `lichen status`.',
      retry: 'later',
      cause: error,
    });
  }
  const bytes = (await readBounded(answer, longestAnswer)) ?? new Uint8Array();
  const headers = new Headers({ 'content-type': 'application/json', 'x-content-type-options': 'nosniff' });
  for (const name of signatureHeaders) {
    const value = answer.headers.get(name);
    if (value !== null) headers.set(name, value);
  }
  return new Response(Buffer.from(bytes), { status: answer.status, headers });
}
