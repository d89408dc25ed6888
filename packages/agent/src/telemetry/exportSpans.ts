import { LichenError } from '@lichen/protocol';
import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer';
import { plainText } from '../models/plainText.ts';
import { type ExportedDecision, type SpansOptions, spansOf } from './spansOf.ts';

export interface ExportSpansInit extends SpansOptions {
  /** Collector: its base address (`/v1/traces` is added), or the whole path. */
  readonly url: string;
  /** For the collector, for example its token. They are in no error. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Milliseconds that one request may take; 10,000 when absent. */
  readonly timeoutMs?: number;
}

export interface ExportedSpans {
  readonly decisions: number;
  readonly spans: number;
}

/** Spans of one request: some 700 kB of JSON, below what collectors take by default. */
const spansOfRequest = 500;

const collectorUrl = (text: string): URL => {
  const form = 'http(s)://host[:port][/path]';
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
    throw new LichenError('bad-input', 'Spans cannot be sent to that address.', {
      got: url === undefined ? 'text that is no address' : 'another scheme, or a name or a password in it',
      expected: `${form}; secrets belong in headers`,
      retry: 'after-fix',
    });
  }
  if (url.pathname === '/') url.pathname = '/v1/traces';
  return url;
};

/**
 * Sends the spans of decisions to a collector of OpenTelemetry, by OTLP/HTTP with JSON. They are made from the records, so
 * what failed can be sent again and is the same. Nothing is tried again here.
 *
 * The encoding is OpenTelemetry's own; its exporter is not used, since that reads headers and certificates meant for other
 * collectors from the environment, and tells only a log of what a collector dropped.
 * @throws LichenError `bad-input`, `source-unavailable` also for spans that the collector dropped, `timeout`
 */
export async function exportSpans(
  decisions: readonly ExportedDecision[],
  init: ExportSpansInit,
): Promise<ExportedSpans> {
  const url = collectorUrl(init.url);
  const spans = spansOf(decisions, init);
  for (let at = 0; at < spans.length; at += spansOfRequest) {
    const body = JsonTraceSerializer.serializeRequest(spans.slice(at, at + spansOfRequest));
    await post(url, body!, init);
  }
  return { decisions: decisions.length, spans: spans.length };
}

async function post(url: URL, body: Uint8Array, init: ExportSpansInit): Promise<void> {
  const timeoutMs = init.timeoutMs ?? 10_000;
  const deadline = AbortSignal.timeout(timeoutMs);
  let status: number;
  let text: string;
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { ...init.headers, 'content-type': 'application/json' },
      body: Buffer.from(body),
      // Headers are meant for this collector and for no other.
      redirect: 'manual',
      signal: deadline,
    });
    status = response.status;
    text = await readStart(response, 65_536);
  } catch (error) {
    if (deadline.aborted) {
      throw new LichenError('timeout', 'The collector did not answer in time.', {
        expected: `an answer within ${timeoutMs} ms`,
        retry: 'later',
      });
    }
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    throw new LichenError('source-unavailable', 'The collector cannot be reached.', {
      got: plainText(cause instanceof Error ? cause.message : String(cause), 200, secretsOf(init)),
      next: 'Check the address: OTLP over HTTP usually listens on port 4318.',
      retry: 'later',
    });
  }
  const isTaken = status >= 200 && status < 300;
  const rejected = isTaken ? rejectedIn(text, secretsOf(init)) : undefined;
  if (isTaken && rejected === undefined) return;
  throw new LichenError('source-unavailable', 'The collector did not take the spans.', {
    got: rejected ?? `status ${status}${text === '' ? '' : `: ${plainText(text, 200, secretsOf(init))}`}`,
    expected: 'status 200 and no span rejected',
    retry: status === 429 || status >= 500 ? 'later' : 'after-fix',
  });
}

/** Values of headers, and what stands after their scheme (`Bearer …`). */
const secretsOf = ({ headers = {} }: ExportSpansInit) =>
  Object.values(headers)
    .flatMap((value) => [value, value.replace(/^\S+ /, '')])
    .filter((value) => value !== '');

/** The first bytes of an answer; the rest is not read. */
async function readStart(response: Response, most: number): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  const reader = response.body?.getReader();
  if (reader === undefined) return '';
  for (let step = await reader.read(); !step.done; step = await reader.read()) {
    parts.push(step.value);
    length += step.value.length;
    if (length > most) {
      await reader.cancel().catch(() => undefined);
      break;
    }
  }
  return Buffer.concat(parts).toString();
}

/** A collector may take some spans and drop others, and still answer 200. */
function rejectedIn(text: string, secrets: readonly string[]): string | undefined {
  let answer: unknown;
  try {
    answer = JSON.parse(text === '' ? '{}' : text);
  } catch {
    return undefined;
  }
  const partial = (answer as { partialSuccess?: { rejectedSpans?: unknown; errorMessage?: unknown } } | null)
    ?.partialSuccess;
  const count = Number(partial?.rejectedSpans ?? 0);
  if (!(count > 0)) return undefined;
  return `${count} spans rejected: ${plainText(String(partial?.errorMessage ?? ''), 200, secrets)}`;
}
