import { LichenError, type MarketBody, mostBars, verifyMarketStatement } from '@lichen/protocol';
import { type Address, type Hex, isHex } from 'viem';
import type { LichenClient } from '../client/createLichenClient.ts';
import { carriedErrorOf } from '../network/requestGateway.ts';
import { marketOf } from './marketConfig.ts';

export interface GetMarketParameters {
  /** Most closed days wanted, up to 500; 250 when absent. */
  readonly bars?: number;
  /** Address of the market's own server, to ask it without the gateway in between. */
  readonly marketUrl?: string;
  /** Milliseconds until the request is given up; 10,000 when absent. */
  readonly timeoutMs?: number;
}

/** What the market says of now, signed by its source: `bytes` and `signature` prove it to others. */
export interface MarketStatement {
  readonly body: MarketBody;
  readonly bytes: Uint8Array;
  readonly signer: Address;
  readonly signature: Hex;
  /** Where it came from. */
  readonly uri: string;
}

/** A statement of `mostBars` days is 33 kB. */
const longestBody = 200_000;

/**
 * What the market says of now. The signature is checked against the source that the network's configuration names, so
 * neither gateway nor anybody in between can say something else.
 * @throws LichenError `not-found` where there is no market, `bad-input` when the statement is not the source's,
 * `source-unavailable`, `not-running`, `timeout`
 */
export async function getMarket(
  client: LichenClient,
  { bars = 250, marketUrl, timeoutMs = 10_000 }: GetMarketParameters = {},
): Promise<MarketStatement> {
  const market = marketOf(client);
  if (!Number.isInteger(bars) || bars < 0 || bars > mostBars) {
    throw new LichenError('bad-input', 'A market does not give so many days at once.', {
      got: `${bars}`,
      expected: `0 to ${mostBars}`,
      retry: 'after-fix',
    });
  }
  const url = new URL(
    `${marketUrl === undefined ? market.path : '/v1/market'}/now?bars=${bars}`,
    marketUrl ?? client.gatewayUrl,
  );
  let response: Response;
  let bytes: Uint8Array;
  try {
    response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(timeoutMs) });
    bytes = new Uint8Array(await response.arrayBuffer());
  } catch (error) {
    const isLate = (error as { name?: string }).name === 'TimeoutError';
    throw new LichenError(isLate ? 'timeout' : 'not-running', 'The market does not answer.', {
      got: error instanceof Error ? error.message : String(error),
      next: 'See `lichen status`.',
      retry: 'later',
      cause: error,
    });
  }
  if (!response.ok) throw refusalOf(response.status, bytes);
  const signature = response.headers.get('lichen-signature');
  if (!isHex(signature) || bytes.length > longestBody) {
    throw new LichenError('bad-input', 'The market’s answer is not signed.', {
      got: isHex(signature) ? `${bytes.length} bytes` : 'no signature',
      expected: 'a body with the headers lichen-signer and lichen-signature',
      next: 'Treat the market as silent.',
      retry: 'never',
    });
  }
  const domain = { chainId: client.config.chainId, pair: market.pair };
  const body = await verifyMarketStatement(domain, market.source, bytes, signature);
  return { body, bytes, signer: market.source, signature, uri: url.href };
}

function refusalOf(status: number, bytes: Uint8Array): LichenError {
  let body: unknown;
  try {
    body = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    body = undefined;
  }
  return (
    carriedErrorOf(body) ??
    new LichenError('source-unavailable', 'The market answered with something else than a statement.', {
      got: `status ${status}`,
      next: 'See `lichen status`.',
      retry: 'later',
    })
  );
}
