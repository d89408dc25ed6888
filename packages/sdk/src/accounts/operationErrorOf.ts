import { LichenError, type LichenErrorCode, type RetryPolicy } from '@lichen/protocol';
import { decodeErrorResult, type Hex, isHex, parseAbi } from 'viem';
import { contractErrorOf, decodeRevert } from '../client/contractErrors.ts';

/** What the EntryPoint reverts with when it refuses an operation (ERC-4337). */
const failedOpAbi = parseAbi([
  'error FailedOp(uint256 opIndex, string reason)',
  'error FailedOpWithRevert(uint256 opIndex, string reason, bytes inner)',
]);

interface Refusal {
  readonly code: LichenErrorCode;
  readonly summary: string;
  readonly next: string;
  readonly retry: RetryPolicy;
}

const sponsorRefuses: Refusal = {
  code: 'sponsor-exhausted',
  summary: 'The sponsor does not pay for this operation.',
  next: 'Try again in a minute, or pay for it yourself.',
  retry: 'later',
};

/** By the EntryPoint's reason code; its text says the rest. */
const refusals: Readonly<Record<string, Refusal>> = {
  AA10: {
    code: 'transaction-failed',
    summary: 'The account has been created in the meantime.',
    next: 'Try again: the operation no longer needs to create it.',
    retry: 'after-fix',
  },
  AA13: {
    code: 'transaction-failed',
    summary: 'The account could not be created.',
    next: 'Check that the addresses in the gateway configuration belong to this release.',
    retry: 'never',
  },
  AA20: {
    code: 'not-found',
    summary: 'The account is not on the chain yet.',
    next: 'Send its first operation with the client that created it.',
    retry: 'after-fix',
  },
  AA21: {
    code: 'too-little-money',
    summary: 'The account cannot pay for this operation.',
    next: 'Send ether to the account, or let the sponsor pay.',
    retry: 'after-fix',
  },
  AA22: {
    code: 'mandate-expired',
    summary: 'The signature holds at another time only.',
    next: 'Ask the account for a new mandate.',
    retry: 'after-fix',
  },
  AA23: {
    code: 'transaction-failed',
    summary: 'The account refuses to check this operation.',
    next: 'Check that the key belongs to this account.',
    retry: 'after-fix',
  },
  AA24: {
    code: 'wrong-passkey',
    summary: 'The account does not take this signature.',
    next: 'Choose the passkey of this account, or sign in again.',
    retry: 'after-fix',
  },
  AA25: {
    code: 'transaction-failed',
    summary: 'Another operation of this account came first.',
    next: 'Try again.',
    retry: 'later',
  },
};

function textsOf(error: unknown): { texts: string[]; datas: Hex[] } {
  const texts: string[] = [];
  const datas: Hex[] = [];
  let at = error;
  for (let depth = 0; typeof at === 'object' && at !== null && depth < 12; depth += 1) {
    const { details, message, data, raw, cause } = at as Record<string, unknown>;
    // viem appends the request to `message`, and the request is full of bytes: only what the server said counts.
    if (typeof details === 'string') texts.push(details);
    else if (typeof message === 'string' && !message.includes('Request body')) texts.push(message);
    const nested = typeof data === 'object' && data !== null ? Object.values(data) : [];
    for (const value of [data, raw, ...nested]) if (isHex(value) && value.length >= 10) datas.push(value);
    at = cause;
  }
  for (const text of texts) {
    for (const match of text.match(/0x(?:[0-9a-fA-F]{2}){4,}/g) ?? []) datas.push(match as Hex);
  }
  return { texts, datas };
}

function failedOpOf(data: Hex): { reason: string; inner?: Hex } | undefined {
  try {
    const { errorName, args } = decodeErrorResult({ abi: failedOpAbi, data });
    return errorName === 'FailedOp' ? { reason: args[1] } : { reason: args[1], inner: args[2] };
  } catch {
    return undefined;
  }
}

/** The error for an EntryPoint's reason such as `AA24 signature error`; undefined when it is none. */
function refusalOf(text: string, cause: unknown): LichenError | undefined {
  const code = /\bAA\d\d\b/.exec(text)?.[0];
  if (code === undefined) return undefined;
  const refusal =
    refusals[code] ?? (code.startsWith('AA3') || code.startsWith('AA5') ? sponsorRefuses : undefined);
  const got = text.slice(text.indexOf(code)).split('\n')[0]!.slice(0, 160);
  if (refusal === undefined) {
    return new LichenError('transaction-failed', 'The EntryPoint refuses the operation.', {
      got,
      next: 'Try again; if it stays, report this to the operator of the network.',
      cause,
    });
  }
  return new LichenError(refusal.code, refusal.summary, {
    got,
    next: refusal.next,
    retry: refusal.retry,
    cause,
  });
}

/**
 * What a bundler, a sponsor or the EntryPoint says about an operation, as the error a person reads: the contract's own
 * reason where there is one, the EntryPoint's otherwise. Undefined when the error speaks of no operation.
 */
export function operationErrorOf(error: unknown): LichenError | undefined {
  const { texts, datas } = textsOf(error);
  for (const data of datas) {
    const failed = failedOpOf(data);
    const revert = decodeRevert(failed?.inner ?? data);
    if (revert !== undefined && (revert.name !== 'Error' || failed === undefined)) {
      return contractErrorOf(revert, error);
    }
    if (failed !== undefined) return refusalOf(failed.reason, error);
  }
  for (const text of texts) {
    const refusal = refusalOf(text, error);
    if (refusal !== undefined) return refusal;
    if (/invalid (userop|useroperation) signature/i.test(text))
      return refusalOf('AA24 signature error', error);
    if (/paymasterdata|paymaster signature/i.test(text)) return refusalOf('AA34 signature error', error);
    if (/expires too soon|not valid yet/i.test(text)) return refusalOf(`AA22 ${text}`, error);
  }
  return undefined;
}
