import { isLichenError, LichenError } from '@lichen/protocol';
import { plainText } from './plainText.ts';

export interface LanguageModelErrorContext {
  readonly isLate: boolean;
  readonly timeoutMs: number;
  readonly apiKey: string | undefined;
}

/** What the AI SDK's APICallError holds of an HTTP answer; its other fields hold the prompt and are not passed on. */
interface HttpAnswer {
  readonly statusCode: number;
  readonly responseHeaders?: Readonly<Record<string, string>>;
}

function httpAnswerOf(error: unknown): HttpAnswer | undefined {
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  return typeof status === 'number' && status >= 400 ? (error as HttpAnswer) : undefined;
}

/** `LichenError` at the bottom of a chain of causes: what `boundedFetch` refused, wrapped by the AI SDK. */
function refusalWithin(error: unknown): LichenError | undefined {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    if (isLichenError(at)) return at;
  }
  return undefined;
}

/**
 * The LichenError of a prompt that was not answered. The AI SDK's own error is not kept as its cause: it holds the whole prompt and
 * the server's whole answer, and a log would print them.
 */
export function languageModelErrorOf(error: unknown, context: LanguageModelErrorContext): LichenError {
  if (context.isLate) {
    return new LichenError('timeout', 'The model did not answer in time.', {
      expected: `an answer within ${context.timeoutMs} ms`,
      retry: 'later',
    });
  }
  const refusal = refusalWithin(error);
  if (refusal !== undefined) return refusal;
  const words = (text: unknown) =>
    plainText(String(text), 200, context.apiKey === undefined ? [] : [context.apiKey]);
  const http = httpAnswerOf(error);
  const said = error instanceof Error ? words(error.message) : 'no reason';
  if (http === undefined) {
    return new LichenError('source-unavailable', 'The model cannot be asked.', { got: said, retry: 'later' });
  }
  const { statusCode, responseHeaders } = http;
  if (statusCode === 401 || statusCode === 403) {
    // What such answers say often has parts of the key in it.
    return new LichenError('bad-input', 'The model’s server does not accept the key.', {
      got: `status ${statusCode}`,
      next: 'Check the key, and that it may use this model.',
      retry: 'after-fix',
    });
  }
  if (statusCode === 429 || statusCode === 402 || statusCode >= 500) {
    const wait = /^\d{1,6}$/.exec(responseHeaders?.['retry-after'] ?? '')?.[0];
    const until = wait === undefined ? '' : `, ask again after ${wait} s`;
    return new LichenError('source-unavailable', 'The model’s server does not answer now.', {
      got: `status ${statusCode}${until}: ${said}`,
      retry: 'later',
    });
  }
  return new LichenError('bad-input', 'The model’s server refuses the prompt.', {
    got: `status ${statusCode}: ${said}`,
    next: 'Check the name of the model and its settings: some models refuse temperature or seed.',
    retry: 'after-fix',
  });
}
