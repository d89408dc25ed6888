import {
  decodeMarketBody,
  type InputProvenance,
  isLichenError,
  verifyMarketStatement,
} from '@lichen/protocol';
import { type Address, isHex } from 'viem';
import type { FeedSeen } from '../book/seen.ts';
import { limits } from '../rules/rules.js';
import type { Feed, StatementSeen } from './feed.ts';

export interface LiveFeedInit {
  /** Where the market answers, without `/now`. */
  readonly url: string;
  readonly market: { readonly pair: Address; readonly source: Address };
  readonly chainId: number;
  /** Unix milliseconds. */
  readonly clock: () => number;
  readonly timeoutMs?: number;
}

/** Bytes of the longest statement that is read; 250 days are some 16,000. */
const longestBody = 100_000;

async function readBounded(answer: Response): Promise<Uint8Array | undefined> {
  const reader = answer.body?.getReader();
  const parts: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const part = await reader?.read();
    if (part === undefined || part.done) return new Uint8Array(Buffer.concat(parts));
    length += part.value.length;
    if (length > longestBody) {
      await reader?.cancel();
      return undefined;
    }
    parts.push(part.value);
  }
}

/**
 * A market that runs, as it answers now. A market that does not answer is silent, which is no decision; one that answers
 * with something else than a signed statement is heard, and what it said goes to the rules as refused or unsigned.
 */
export function createLiveFeed(init: LiveFeedInit): Feed {
  const { market, chainId, clock, timeoutMs = 4_000 } = init;
  const url = `${init.url}/now?bars=${limits.bars}`;

  async function seenOf(bytes: Uint8Array, signature: string | null, at: number): Promise<StatementSeen> {
    const seen = (
      body: StatementSeen['body'],
      word: FeedSeen['signature'],
      problem: string,
      provenance: InputProvenance,
    ): StatementSeen => ({
      bytes,
      body,
      feed: { v: 1, signature: word, at, problem },
      provenance,
      uri: url,
    });
    const transport: InputProvenance = { by: 'transport' };
    let body: StatementSeen['body'];
    try {
      body = decodeMarketBody(bytes);
    } catch (error) {
      const why = isLichenError(error) ? (error.got ?? error.message.split('\n')[0]!) : 'no JSON';
      // Words of whoever wrote the body stay out of what the rules and the journal's readers see.
      return seen(undefined, 'missing', `a body that is none (${why.length} characters on why)`, transport);
    }
    if (signature === null || !isHex(signature)) return seen(body, 'missing', '', transport);
    try {
      await verifyMarketStatement({ chainId, pair: market.pair }, market.source, bytes, signature);
    } catch {
      return seen(body, 'wrong', '', transport);
    }
    return seen(body, 'valid', '', { by: 'signature', signature, signer: market.source });
  }

  return {
    now: async (signal) => {
      const at = clock();
      let bytes: Uint8Array | undefined;
      let signature: string | null;
      try {
        const answer = await fetch(url, {
          redirect: 'error',
          signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
        });
        if (!answer.ok) return undefined;
        signature = answer.headers.get('lichen-signature');
        bytes = await readBounded(answer);
      } catch {
        return undefined;
      }
      return seenOf(bytes ?? new Uint8Array(), signature, at);
    },
  };
}
