import { isLichenError, LichenError } from '@lichen/protocol';
import { BaseError, type Hex, isHex } from 'viem';
import { contractErrorOf, decodeRevert } from './contractErrors.ts';

/** Every error of the chain of causes, outermost first. */
function causesOf(error: unknown): unknown[] {
  const causes: unknown[] = [];
  for (
    let at = error;
    at !== undefined && at !== null && causes.length < 12;
    at = (at as { cause?: unknown }).cause
  ) {
    causes.push(at);
  }
  return causes;
}

/** The bytes a contract reverted with, wherever viem or the node put them. */
function revertDataOf(causes: readonly unknown[]): Hex | undefined {
  for (const cause of causes) {
    const { data, raw } = cause as { data?: unknown; raw?: unknown };
    const nested = typeof data === 'object' && data !== null ? (data as { data?: unknown }).data : undefined;
    for (const candidate of [raw, data, nested]) {
      if (isHex(candidate) && candidate.length >= 10) return candidate;
    }
  }
  return undefined;
}

function nameOf(cause: unknown): string {
  return (cause as { name?: string }).name ?? '';
}

function shortTextOf(error: unknown): string {
  const text =
    error instanceof BaseError ? error.shortMessage : error instanceof Error ? error.message : String(error);
  return text.split('\n')[0]!.slice(0, 160);
}

/**
 * Any error of a chain call as a LichenError: custom errors of Lichen's contracts by name with what to do next,
 * unreachable or slow chains, refused transactions. A LichenError comes back unchanged.
 */
export function toLichenError(error: unknown): LichenError {
  if (isLichenError(error)) return error;
  const causes = causesOf(error);
  const data = revertDataOf(causes);
  if (data !== undefined) {
    const revert = decodeRevert(data);
    if (revert !== undefined) return contractErrorOf(revert, error);
  }
  const names = causes.map(nameOf);
  const texts = causes.map((cause) => (cause instanceof Error ? cause.message : String(cause))).join('\n');
  if (names.includes('WaitForTransactionReceiptTimeoutError') || names.includes('TimeoutError')) {
    return new LichenError('timeout', 'The chain did not answer in time.', {
      got: shortTextOf(causes.at(-1)),
      next: 'Look at the processes with `lichen status`, then try again.',
      retry: 'later',
      cause: error,
    });
  }
  if (
    /ECONNREFUSED|ECONNRESET|fetch failed|Failed to fetch|socket hang up/i.test(texts) ||
    names.includes('HttpRequestError') ||
    names.includes('WebSocketRequestError')
  ) {
    return new LichenError('chain-unreachable', 'The chain cannot be reached.', {
      got: shortTextOf(error),
      next: 'Check that the network runs with `lichen status`; start it with `lichen up`.',
      retry: 'later',
      cause: error,
    });
  }
  if (names.includes('InsufficientFundsError') || /insufficient funds/i.test(texts)) {
    // viem writes down who sends; who reads this has to know where the ether must go.
    const account = /\bfrom:\s+(0x[0-9a-fA-F]{40})\b/.exec(texts)?.[1];
    return new LichenError('too-little-money', 'The account cannot pay for the gas of this transaction.', {
      got: shortTextOf(error),
      next: `Send ether of this network to ${account ?? 'the account'}.`,
      retry: 'after-fix',
      cause: error,
    });
  }
  return new LichenError('transaction-failed', 'The chain refused the call.', {
    got: data === undefined ? shortTextOf(error) : `${shortTextOf(error)} (revert data ${data.slice(0, 74)})`,
    next: 'Check that the addresses in the gateway configuration belong to this release.',
    cause: error,
  });
}

/** Awaits a chain call and throws its failure as a LichenError. */
export async function onChain<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw toLichenError(error);
  }
}
