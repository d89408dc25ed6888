import {
  type DecisionModel,
  isLichenError,
  LichenError,
  type LichenErrorCode,
  type RetryPolicy,
} from '@lichen/protocol';
import type { ReplayReport } from '@lichen/sdk';

/** An error on its way between threads: a cloned Error loses its class and its code. */
export interface CarriedError {
  readonly code: LichenErrorCode;
  readonly summary: string;
  readonly got?: string;
  readonly expected?: string;
  readonly next?: string;
  readonly retry: RetryPolicy;
}

/** What a replay's thread cannot get for itself: bytes, or the word of a model. */
export type ThreadQuestion =
  | { readonly sha256: string }
  | { readonly prompt: string; readonly model: DecisionModel };

/** What it is told: a decision to replay, with bytes that it will need, or the answer to a question. */
export type ToThread =
  | {
      readonly entry: Uint8Array;
      readonly known: ReadonlyMap<string, Uint8Array | undefined>;
      /** Whether it may have the model asked again. */
      readonly asksAgain: boolean;
    }
  | { readonly question: number; readonly answer: Uint8Array | string | undefined }
  | { readonly question: number; readonly error: CarriedError };

/** What it says: that it is there, what came of a replay, or a question. */
export type FromThread =
  | { readonly isReady: true }
  | { readonly report: ReplayReport }
  | { readonly error: CarriedError }
  | { readonly question: number; readonly asks: ThreadQuestion };

export function carriedOf(error: unknown): CarriedError {
  if (!isLichenError(error)) {
    return {
      code: 'internal',
      summary: error instanceof Error ? error.message : String(error),
      retry: 'never',
    };
  }
  const { code, got, expected, next, retry } = error;
  return {
    code,
    summary: error.message.split('\n')[0]!,
    retry,
    ...(got === undefined ? {} : { got }),
    ...(expected === undefined ? {} : { expected }),
    ...(next === undefined ? {} : { next }),
  };
}

export function errorOf({ code, summary, ...init }: CarriedError): LichenError {
  return new LichenError(code, summary, init);
}
