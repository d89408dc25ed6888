/** The closed list of what can go wrong. Logs, the command line's exit text and the console read the same code. */
export type LichenErrorCode =
  | 'bad-input'
  | 'unknown-flight'
  | 'flight-departed'
  | 'sales-closed'
  | 'forecast-moved'
  | 'quote-expired'
  | 'quote-replayed'
  | 'price-moved'
  | 'too-little-money'
  | 'pool-exhausted'
  | 'exposure-limit'
  | 'oracle-silent'
  | 'source-unavailable'
  | 'sources-disagree'
  | 'no-quorum'
  | 'mandate-denied'
  | 'mandate-spent'
  | 'mandate-expired'
  | 'mandate-revoked'
  | 'mandate-paused'
  | 'sponsor-exhausted'
  | 'bundler-unreachable'
  | 'wrong-passkey'
  | 'passkey-cancelled'
  | 'passkey-unsupported'
  | 'recovery-refused'
  | 'chain-unreachable'
  | 'wrong-chain'
  | 'transaction-failed'
  | 'port-in-use'
  | 'state-damaged'
  | 'disk-full'
  | 'already-running'
  | 'not-running'
  | 'bad-model'
  | 'not-found'
  | 'timeout'
  | 'internal';

/** When trying again can help: `never`, `later` (the world must change), `after-fix` (the caller must change). */
export type RetryPolicy = 'never' | 'later' | 'after-fix';

export interface LichenErrorInit {
  readonly got?: string;
  readonly expected?: string;
  /** What the reader should do next, as one imperative sentence. */
  readonly next?: string;
  readonly retry?: RetryPolicy;
  readonly cause?: unknown;
}

const marker = Symbol.for('lichen.error');

/** The one error of Lichen. Its text is an interface and is snapshot-tested. */
export class LichenError extends Error {
  readonly [marker] = true;
  readonly code: LichenErrorCode;
  readonly got: string | undefined;
  readonly expected: string | undefined;
  readonly next: string | undefined;
  readonly retry: RetryPolicy;

  constructor(code: LichenErrorCode, summary: string, init: LichenErrorInit = {}) {
    const lines = [summary];
    if (init.got !== undefined) lines.push(`  got:      ${init.got}`);
    if (init.expected !== undefined) lines.push(`  expected: ${init.expected}`);
    if (init.next !== undefined) lines.push(`  next:     ${init.next}`);
    super(lines.join('\n'), init.cause === undefined ? {} : { cause: init.cause });
    this.name = 'LichenError';
    this.code = code;
    this.got = init.got;
    this.expected = init.expected;
    this.next = init.next;
    this.retry = init.retry ?? 'never';
  }

  /** The same facts as plain data, for `--json` and HTTP bodies. */
  toJSON(): Record<string, unknown> {
    return {
      error: this.code,
      message: this.message.split('\n')[0],
      got: this.got,
      expected: this.expected,
      next: this.next,
      retry: this.retry,
    };
  }
}

/** True for a LichenError of any copy of this package: identity is by marker, since `instanceof` breaks across copies. */
export function isLichenError(value: unknown): value is LichenError {
  return typeof value === 'object' && value !== null && (value as Record<symbol, unknown>)[marker] === true;
}
