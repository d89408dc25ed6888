import { startTestServer, type TestServer } from './testServer.ts';

/** A span as it came over the wire (OTLP 1, JSON encoding), its attributes as a record. */
export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly name: string;
  readonly kind: number;
  /** Unix nanoseconds. */
  readonly from: bigint;
  readonly to: bigint;
  readonly status: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly events: readonly {
    readonly name: string;
    readonly attributes: Readonly<Record<string, unknown>>;
  }[];
  readonly resource: Readonly<Record<string, unknown>>;
  readonly scope: string;
}

export interface OtlpReceiver extends TestServer {
  readonly spans: readonly ReceivedSpan[];
}

type Json = Readonly<Record<string, unknown>>;
const list = (value: unknown) => (value ?? []) as readonly Json[];

function demand(isTrue: boolean, what: string): void {
  if (!isTrue) throw new Error(`not OTLP: ${what}`);
}

/** https://github.com/open-telemetry/opentelemetry-proto: AnyValue */
function anyValueOf(value: Json): unknown {
  const [form, inner, ...more] = Object.entries(value).flat();
  demand(more.length === 0, `a value of ${JSON.stringify(value)}`);
  if (form === 'stringValue') demand(typeof inner === 'string', 'a string that is none');
  else if (form === 'boolValue') demand(typeof inner === 'boolean', 'a boolean that is none');
  else if (form === 'doubleValue') demand(typeof inner === 'number', 'a double that is none');
  else if (form === 'intValue') demand(/^-?\d+$/.test(String(inner)), 'an integer that is none');
  else if (form === 'arrayValue') return list((inner as Json).values).map(anyValueOf);
  else demand(false, `a value of the form ${form}`);
  return form === 'intValue' ? Number(inner) : inner;
}

function recordOf(attributes: unknown): Readonly<Record<string, unknown>> {
  const pairs = list(attributes).map(({ key, value }) => [key, anyValueOf(value as Json)] as const);
  demand(new Set(pairs.map(([key]) => key)).size === pairs.length, 'an attribute twice');
  return Object.fromEntries(pairs) as Record<string, unknown>;
}

function spanOf(span: Json, resource: ReceivedSpan['resource'], scope: string): ReceivedSpan {
  const { traceId, spanId, parentSpanId, name, kind, startTimeUnixNano, endTimeUnixNano } = span;
  demand(/^[0-9a-f]{32}$/.test(String(traceId)) && !/^0+$/.test(String(traceId)), `trace id ${traceId}`);
  demand(/^[0-9a-f]{16}$/.test(String(spanId)) && !/^0+$/.test(String(spanId)), `span id ${spanId}`);
  demand(parentSpanId === undefined || /^[0-9a-f]{16}$/.test(String(parentSpanId)), `parent ${parentSpanId}`);
  demand(typeof name === 'string' && name !== '', 'a span without a name');
  demand(Number.isInteger(kind) && Number(kind) >= 1 && Number(kind) <= 5, `kind ${kind}`);
  for (const time of [startTimeUnixNano, endTimeUnixNano]) demand(/^\d+$/.test(String(time)), `time ${time}`);
  const [from, to] = [BigInt(String(startTimeUnixNano)), BigInt(String(endTimeUnixNano))];
  demand(from <= to, 'a span that ends before it begins');
  return {
    traceId: String(traceId),
    spanId: String(spanId),
    parentSpanId: parentSpanId === undefined ? undefined : String(parentSpanId),
    name: String(name),
    kind: Number(kind),
    from,
    to,
    status: Number((span.status as Json).code),
    attributes: recordOf(span.attributes),
    events: list(span.events).map((event) => ({
      name: String(event.name),
      attributes: recordOf(event.attributes),
    })),
    resource,
    scope,
  };
}

/** A receiver of OTLP/HTTP with JSON that refuses what is not in its form, as a collector does. */
export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = [];
  const server = await startTestServer(({ method, path, headers, body }, response) => {
    try {
      demand(method === 'POST' && path === '/v1/traces', `${method} ${path}`);
      demand(headers['content-type'] === 'application/json', `content of type ${headers['content-type']}`);
      const request = JSON.parse(body.toString()) as Json;
      for (const group of list(request.resourceSpans)) {
        const resource = recordOf((group.resource as Json).attributes);
        for (const { scope, spans: some } of list(group.scopeSpans)) {
          const { name, version } = scope as Json;
          for (const span of list(some)) spans.push(spanOf(span, resource, `${name} ${version}`));
        }
      }
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end('{}');
    } catch (error) {
      response.writeHead(400, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ message: String(error) }));
    }
  });
  return { ...server, spans };
}
