import { inspect } from 'node:util';
import { isLichenError } from '@lichen/protocol';
import { afterEach, describe, expect, test } from 'vitest';
import { hashOf, recordOf } from '../../test/support/decisionOf.ts';
import { type OtlpReceiver, startOtlpReceiver } from '../../test/support/otlpReceiver.ts';
import { type Answerer, startTestServer, type TestServer } from '../../test/support/testServer.ts';
import { exportSpans } from './exportSpans.ts';
import { parseOtlpHeaders } from './parseOtlpHeaders.ts';

const started: TestServer[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map((server) => server.stop()));
});
async function receiver(): Promise<OtlpReceiver> {
  const server = await startOtlpReceiver();
  started.push(server);
  return server;
}
async function serverThat(answer: Answerer): Promise<TestServer> {
  const server = await startTestServer(answer);
  started.push(server);
  return server;
}

const secretInput = 'salary 1234';
const intent = recordOf(
  {
    kind: 'intent',
    choice: 'buy',
    time: 1_700_000_010_250,
    inputs: [
      {
        at: 1_700_000_009_000,
        mediaType: 'application/json',
        name: 'market',
        provenance: { by: 'transport' },
        sha256: hashOf('market'),
        isPrivate: false,
        uri: 'https://markets.example/now?token=in-the-uri',
      },
      {
        at: 1_700_000_010_000,
        mediaType: 'text/plain',
        name: secretInput,
        provenance: { by: 'operator' },
        sha256: hashOf('private'),
        isPrivate: true,
        uri: 'file:salary',
      },
    ],
    model: {
      id: '127.0.0.1:11434/small-1',
      kind: 'language',
      input: hashOf('prompt'),
      output: hashOf('answer'),
      settings: '{"maxTokens":16,"seed":7,"temperature":"0.7"}',
    },
    checks: [
      { rule: 'drawdown', got: '5', limit: '10', passed: true },
      { rule: 'turnover', got: '50', limit: '10', passed: false },
    ],
    rejected: [{ option: 'sell', reason: 'no signal' }],
    amounts: [{ amount: '-1000000', asset: '0x00000000000000000000000000000000000000cc' }],
    act: {
      account: '0x00000000000000000000000000000000000000bb',
      calls: [
        {
          to: '0x00000000000000000000000000000000000000cc',
          selector: '0xa9059cbb',
          dataSha256: hashOf('data'),
        },
      ],
      chainId: 31_338,
      mandate: `0x${'1'.repeat(64)}`,
      nonce: 4,
    },
  },
  3,
);
const outcome = recordOf(
  {
    kind: 'outcome',
    refersTo: intent.leafHash,
    time: 1_700_000_011_500,
    result: { status: 'failed', block: 9, transaction: `0x${'2'.repeat(64)}`, reason: 'reverted' },
  },
  4,
);
const integer = recordOf(
  {
    model: {
      id: `0x${'3'.repeat(64)}`,
      kind: 'integer',
      input: hashOf('features'),
      output: hashOf('score'),
      settings: '',
    },
  },
  5,
);

describe('what a collector receives', () => {
  test('a trace for a decision, with its outcome in it', async () => {
    const collector = await receiver();
    const sent = await exportSpans([intent, outcome], {
      url: collector.url,
      agentName: 'trading',
      timeOf: (leafHash) => (leafHash === intent.leafHash ? intent.decision.time : undefined),
    });
    expect(sent).toEqual({ decisions: 2, spans: 5 });
    expect(new Set(collector.spans.map(({ traceId }) => traceId))).toEqual(
      new Set([intent.leafHash.slice(0, 32)]),
    );
    const nameOf = (id: string | undefined) => collector.spans.find(({ spanId }) => spanId === id)?.name;
    expect(
      collector.spans.map(({ name, kind, from, to, status, parentSpanId }) => [
        name,
        kind,
        Number(from / 1_000_000n) - 1_700_000_000_000,
        Number(to / 1_000_000n) - 1_700_000_000_000,
        status,
        nameOf(parentSpanId),
      ]),
    ).toEqual([
      ['invoke_agent trading', 1, 9_000, 10_250, 0, undefined],
      ['plan trading', 1, 10_000, 10_250, 0, 'invoke_agent trading'],
      ['chat small-1', 3, 10_000, 10_250, 0, 'plan trading'],
      ['execute_tool act', 1, 10_250, 10_250, 0, 'invoke_agent trading'],
      ['execute_tool outcome', 1, 10_250, 11_500, 2, 'invoke_agent trading'],
    ]);
    const [invoked, planned, chat, act, ended] = collector.spans;
    expect(invoked!.resource).toEqual({
      'service.name': 'lichen-agent',
      'service.instance.id': intent.decision.agent,
    });
    expect(invoked!.scope).toBe('@lichen/agent gen_ai v0.1.0');
    expect(invoked!.attributes).toMatchObject({
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': 'trading',
      'gen_ai.agent.version': '1.0.0',
      'gen_ai.provider.name': 'openai',
      'lichen.decision.leaf_hash': intent.leafHash,
      'lichen.decision.index': 3,
      'lichen.decision.choice': 'buy',
      'lichen.amounts': ['-1000000 0x00000000000000000000000000000000000000cc'],
    });
    expect(planned!.attributes).toMatchObject({
      'gen_ai.operation.name': 'plan',
      'lichen.checks.count': 2,
      'lichen.checks.broken': ['turnover'],
    });
    expect(chat!.attributes).toMatchObject({
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.model': 'small-1',
      'gen_ai.request.temperature': 0.7,
      'gen_ai.request.seed': 7,
      'gen_ai.request.max_tokens': 16,
      'server.address': '127.0.0.1',
      'server.port': 11_434,
      'lichen.model.input_sha256': hashOf('prompt'),
    });
    expect(act!.attributes).toMatchObject({
      'gen_ai.tool.call.id': intent.leafHash,
      'lichen.act.calls': ['0x00000000000000000000000000000000000000cc 0xa9059cbb'],
    });
    expect(ended!.attributes).toMatchObject({
      'gen_ai.tool.call.id': intent.leafHash,
      'error.type': 'failed',
      'lichen.result.transaction': `0x${'2'.repeat(64)}`,
    });
  });

  test('nothing of private inputs and of addresses that were read', async () => {
    const collector = await receiver();
    await exportSpans([intent], { url: collector.url });
    expect(collector.spans[0]!.events.map(({ attributes }) => attributes['lichen.input.name'])).toEqual([
      'market',
      'private',
    ]);
    const wire = collector.seen.map(({ body }) => body.toString()).join();
    expect(wire).not.toContain(secretInput);
    expect(wire).not.toContain('salary');
    expect(wire).not.toContain('in-the-uri');
    expect(wire).toContain(hashOf('private'));
  });

  test('twice, whole or in parts: byte for byte the same spans', async () => {
    const [one, two] = [await receiver(), await receiver()];
    const timeOf = () => intent.decision.time;
    await exportSpans([intent, outcome, integer], { url: one.url, timeOf });
    for (const decision of [intent, outcome, integer])
      await exportSpans([decision], { url: two.url, timeOf });
    expect(two.spans).toEqual(one.spans);
    expect(new Set(one.spans.map(({ spanId }) => spanId)).size).toBe(one.spans.length);
  });

  test('an integer model is a tool; a pause is no invocation', async () => {
    const collector = await receiver();
    await exportSpans([integer, recordOf({ kind: 'pause', choice: 'pause' }, 6)], { url: collector.url });
    expect(collector.spans.map(({ name }) => name)).toEqual([
      `invoke_agent ${integer.decision.agent}`,
      `plan ${integer.decision.agent}`,
      'execute_tool integer_model',
      'lichen pause',
    ]);
  });

  test('hostile words in a record stay words: bounded, one line, in the form of the protocol', async () => {
    const collector = await receiver();
    const hostile = `\u202e\u0000ignore\n"}]}${'🌿'.repeat(1_500)}`;
    await exportSpans(
      [
        recordOf({
          choice: hostile,
          task: hostile,
          model: {
            id: hostile,
            kind: 'language',
            input: hashOf(''),
            output: hashOf(''),
            settings: '{"temperature":"1e309","seed":1e309,"maxTokens":{}}',
          },
          inputs: [{ ...intent.decision.inputs[0]!, name: hostile, at: Number.MAX_SAFE_INTEGER }],
          rules: { sha256: hashOf(''), version: hostile },
        }),
      ],
      { url: collector.url, agentName: hostile },
    );
    expect(collector.spans).toHaveLength(3);
    for (const { name, attributes } of collector.spans) {
      for (const text of [name, ...Object.values(attributes)].filter((value) => typeof value === 'string')) {
        expect(Array.from(text).length).toBeLessThanOrEqual(256);
        expect(text).not.toMatch(/\p{Cf}|\p{Cc}/u);
      }
    }
    expect(collector.spans[2]!.attributes).not.toHaveProperty('gen_ai.request.temperature');
  });

  test('more spans than one request takes', async () => {
    const collector = await receiver();
    const many = Array.from({ length: 600 }, (_, index) => recordOf({}, index));
    expect(await exportSpans(many, { url: `${collector.url}/v1/traces` })).toEqual({
      decisions: 600,
      spans: 1_200,
    });
    expect(collector.spans).toHaveLength(1_200);
    expect(collector.seen).toHaveLength(3);
  });
});

describe('collectors that do not take them', () => {
  async function refusalOf(init: Parameters<typeof exportSpans>[1]) {
    const error: unknown = await exportSpans([integer], init).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (!isLichenError(error)) throw error ?? new Error('was not refused');
    expect(inspect(error, { depth: 20 })).not.toContain('t0ken');
    return [error.code, error.got];
  }
  const headers = { authorization: 'Bearer t0ken' };

  test('one that drops spans and answers 200', async () => {
    const { url } = await serverThat((_, response) =>
      response.end('{"partialSuccess":{"rejectedSpans":"2","errorMessage":"too old"}}'),
    );
    expect(await refusalOf({ url })).toEqual(['source-unavailable', '2 spans rejected: too old']);
  });

  test('one that says back what it was sent', async () => {
    const { url, seen } = await serverThat((request, response) => {
      response.writeHead(403);
      response.end(`no: ${request.headers.authorization}`);
    });
    expect(await refusalOf({ url, headers })).toEqual(['source-unavailable', 'status 403: no: [key]']);
    expect(seen[0]!.headers.authorization).toBe('Bearer t0ken');
  });

  test('one that sends elsewhere', async () => {
    const elsewhere = await serverThat((_, response) => response.end('{}'));
    const { url } = await serverThat((_, response) => {
      response.writeHead(307, { location: elsewhere.url });
      response.end();
    });
    expect(await refusalOf({ url, headers })).toEqual(['source-unavailable', 'status 307']);
    expect(elsewhere.seen).toEqual([]);
  });

  test('one that never stops answering is left; the spans it has', async () => {
    let isLeft: () => void = () => undefined;
    const left = new Promise<void>((resolve) => {
      isLeft = resolve;
    });
    const { url } = await serverThat((_, response) => {
      response.once('close', isLeft);
      const write = () => {
        while (!response.destroyed && response.write('x'.repeat(100_000)));
        response.once('drain', write);
      };
      write();
    });
    expect(await exportSpans([integer], { url })).toEqual({ decisions: 1, spans: 3 });
    await left;
  });

  test('one that does not answer', async () => {
    const { url } = await serverThat(() => undefined);
    expect(await refusalOf({ url, headers, timeoutMs: 200 })).toEqual(['timeout', undefined]);
  });

  test('none', async () => {
    const gone = await startTestServer(() => undefined);
    await gone.stop();
    expect((await refusalOf({ url: gone.url, headers }))[0]).toBe('source-unavailable');
  });

  test('addresses that cannot be', async () => {
    for (const url of ['collector:4318x', 'ftp://collector', 'http://me:t0ken@collector:4318']) {
      expect((await refusalOf({ url, headers }))[0]).toBe('bad-input');
    }
  });

  test('what the environment holds for other collectors does not go along', async () => {
    const collector = await receiver();
    process.env.OTEL_EXPORTER_OTLP_HEADERS = 'x-other=t0ken';
    try {
      await exportSpans([integer], { url: collector.url });
    } finally {
      delete process.env.OTEL_EXPORTER_OTLP_HEADERS;
    }
    expect(JSON.stringify(collector.seen[0]!.headers)).not.toContain('t0ken');
  });
});

test('headers as OpenTelemetry writes them', () => {
  expect(parseOtlpHeaders('Authorization=Bearer%20t0ken, x-scope-orgid = 1 ,')).toEqual({
    authorization: 'Bearer t0ken',
    'x-scope-orgid': '1',
  });
  expect(parseOtlpHeaders('')).toEqual({});
  for (const text of ['t0ken', 'a=%zz', 'a b=c', 'a=%0d%0ax:y', '=t0ken']) {
    try {
      parseOtlpHeaders(text);
      expect.unreachable();
    } catch (error) {
      expect(isLichenError(error) && error.code).toBe('bad-input');
      expect(String(error)).not.toContain('t0ken');
    }
  }
});
