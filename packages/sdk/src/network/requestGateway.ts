import { LichenError, type LichenErrorCode, type RetryPolicy } from '@lichen/protocol';

const codes = {
  'bad-input': true,
  'unknown-flight': true,
  'flight-departed': true,
  'sales-closed': true,
  'forecast-moved': true,
  'quote-expired': true,
  'quote-replayed': true,
  'price-moved': true,
  'too-little-money': true,
  'pool-exhausted': true,
  'exposure-limit': true,
  'oracle-silent': true,
  'source-unavailable': true,
  'sources-disagree': true,
  'no-quorum': true,
  'mandate-denied': true,
  'mandate-spent': true,
  'mandate-expired': true,
  'mandate-revoked': true,
  'mandate-paused': true,
  'sponsor-exhausted': true,
  'bundler-unreachable': true,
  'wrong-passkey': true,
  'passkey-cancelled': true,
  'passkey-unsupported': true,
  'recovery-refused': true,
  'chain-unreachable': true,
  'wrong-chain': true,
  'transaction-failed': true,
  'port-in-use': true,
  'state-damaged': true,
  'disk-full': true,
  'already-running': true,
  'not-running': true,
  'bad-model': true,
  'not-found': true,
  timeout: true,
  internal: true,
} satisfies Record<LichenErrorCode, true>;

export interface GatewayRequest {
  /** Sent as JSON with POST; without it the request is a GET. */
  readonly body?: unknown;
  /** Sent beside the content type. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Milliseconds until the request is given up; 15,000 when absent. */
  readonly timeoutMs?: number;
}

/**
 * The LichenError whose fields (`LichenError.toJSON`) a service of ours sent; undefined when the value is none, or its code
 * is not in the closed list.
 */
export function carriedErrorOf(value: unknown, cause?: unknown): LichenError | undefined {
  const fields = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  const text = (name: string) => (typeof fields[name] === 'string' ? { [name]: fields[name] as string } : {});
  if (
    typeof fields.error !== 'string' ||
    !Object.hasOwn(codes, fields.error) ||
    typeof fields.message !== 'string'
  ) {
    return undefined;
  }
  const retry = ['never', 'later', 'after-fix'].includes(String(fields.retry))
    ? (fields.retry as RetryPolicy)
    : 'never';
  return new LichenError(fields.error as LichenErrorCode, fields.message, {
    ...text('got'),
    ...text('expected'),
    ...text('next'),
    retry,
    ...(cause === undefined ? {} : { cause }),
  });
}

/** The error that a gateway or reporter answered with, as the same LichenError on this side. */
function errorFromBody(url: URL, status: number, body: unknown): LichenError {
  const carried = carriedErrorOf(body);
  if (carried !== undefined) return carried;
  return new LichenError(status === 404 ? 'not-found' : 'internal', 'The gateway refused the request.', {
    got: `HTTP ${status} from ${url.pathname}`,
    expected: 'HTTP 200 with JSON',
    next: 'Check that the gateway and this program come from the same release.',
  });
}

/**
 * The JSON that a gateway answers, unchecked: callers read it field by field.
 * @throws LichenError `not-running` when nothing listens, `timeout` when no answer comes in time, `internal` when the
 * answer is no JSON, or the very error the gateway answered with.
 */
export async function requestGateway(
  gatewayUrl: string,
  path: string,
  request: GatewayRequest = {},
): Promise<unknown> {
  const url = new URL(path, gatewayUrl);
  const timeoutMs = request.timeoutMs ?? 15_000;
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, {
      method: request.body === undefined ? 'GET' : 'POST',
      ...(request.body === undefined
        ? {}
        : {
            body: JSON.stringify(request.body),
            headers: { ...request.headers, 'content-type': 'application/json' },
          }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    text = await response.text();
  } catch (cause) {
    if ((cause as { name?: string }).name === 'TimeoutError') {
      throw new LichenError('timeout', 'The gateway did not answer in time.', {
        got: `no answer from ${url.pathname} within ${timeoutMs / 1000} s`,
        next: 'Look at the processes with `lichen status`, then try again.',
        retry: 'later',
        cause,
      });
    }
    throw new LichenError('not-running', 'No gateway answers at that address.', {
      got: url.origin,
      expected: 'the gateway of a running network',
      next: 'Start the network with `lichen up`, or name another gateway with `--gateway URL`.',
      retry: 'after-fix',
      cause,
    });
  }
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (cause) {
    if (!response.ok) throw errorFromBody(url, response.status, undefined);
    throw new LichenError('internal', 'The gateway answered with something that is no JSON.', {
      got: `${text.length} characters from ${url.pathname}`,
      expected: 'a JSON document',
      next: 'Check that the address belongs to a Lichen gateway.',
      cause,
    });
  }
  if (!response.ok) throw errorFromBody(url, response.status, body);
  return body;
}
