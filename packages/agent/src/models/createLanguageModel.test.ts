import { inspect } from 'node:util';
import { isLichenError, type LichenError } from '@lichen/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type AdversarialServer,
  type Behaviour,
  behaviourNames,
  startAdversarialServer,
} from '../../test/support/adversarialServer.ts';
import { promptIn, startScriptedServer } from '../../test/support/scriptedServer.ts';
import { startTestServer, type TestServer } from '../../test/support/testServer.ts';
import { createLanguageModel, type LanguageModelInit } from './createLanguageModel.ts';

const apiKey = 'sk-test-5up3r-53cr3t-k3y';
const never = new AbortController().signal;

async function refusalOf(work: Promise<unknown> | (() => unknown)): Promise<LichenError> {
  const error = await Promise.resolve()
    .then(() => (typeof work === 'function' ? work() : work))
    .then(
      () => undefined,
      (reason: unknown) => reason,
    );
  if (!isLichenError(error)) throw error ?? new Error('was not refused');
  return error;
}

describe('an endpoint that behaves', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startScriptedServer([(prompt) => `you asked ${prompt}`]);
  });
  afterAll(() => server.stop());

  test('text in, text out; id and settings are plain text', async () => {
    const model = createLanguageModel({
      baseUrl: `${server.url}/v1`,
      apiKey,
      model: 'small-1',
      temperature: '0.7',
      seed: 7,
      maxTokens: 16,
    });
    expect(model.id).toBe(`${new URL(server.url).host}/small-1`);
    expect(model.settings).toBe('{"maxTokens":16,"seed":7,"temperature":"0.7"}');
    expect(await model.ask('yes or no?', never)).toBe('you asked yes or no?');
    const request = server.seen.at(-1)!;
    expect([request.method, request.path]).toEqual(['POST', '/v1/chat/completions']);
    expect(request.headers.authorization).toBe(`Bearer ${apiKey}`);
    expect(promptIn(request)).toBe('yes or no?');
    expect(JSON.parse(request.body.toString())).toEqual({
      model: 'small-1',
      max_tokens: 16,
      seed: 7,
      temperature: 0.7,
      messages: [{ role: 'user', content: 'yes or no?' }],
    });
  });

  test('what is not set is not sent; without a key nothing names one', async () => {
    const model = createLanguageModel({ baseUrl: `${server.url}/v1/`, model: 'small-1' });
    await model.ask('a', never);
    const request = server.seen.at(-1)!;
    expect(request.headers.authorization).toBeUndefined();
    expect(Object.keys(JSON.parse(request.body.toString())).sort()).toEqual([
      'max_tokens',
      'messages',
      'model',
    ]);
    expect(model.settings).toBe('{"maxTokens":512}');
  });

  test('the key is in nothing that can be printed', () => {
    const model = createLanguageModel({ baseUrl: `${server.url}/v1`, apiKey, model: 'small-1' });
    expect(inspect(model, { depth: 10, showHidden: true }) + JSON.stringify(model)).not.toContain(apiKey);
  });

  test('a signal that is aborted ends the wait with its own reason', async () => {
    const model = createLanguageModel({ baseUrl: `${server.url}/v1`, model: 'small-1' });
    const reason = new Error('stopped by its owner');
    await expect(model.ask('a', AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  test('prompts that are too long or no Unicode are not sent', async () => {
    const model = createLanguageModel({ baseUrl: `${server.url}/v1`, model: 'small-1' });
    const before = server.seen.length;
    for (const prompt of ['', 'x'.repeat(262_145), 'a\ud800']) {
      expect((await refusalOf(model.ask(prompt, never))).code).toBe('bad-input');
    }
    expect(server.seen.length).toBe(before);
  });
});

describe('settings that cannot be used', () => {
  const good: LanguageModelInit = { baseUrl: 'https://models.example/v1', model: 'small-1', apiKey };
  test.each<[string, Partial<LanguageModelInit>]>([
    ['no address', { baseUrl: 'models.example' }],
    ['another scheme', { baseUrl: 'file:///etc/passwd' }],
    ['a password in the address', { baseUrl: `https://me:${apiKey}@models.example/v1` }],
    ['a key in the query', { baseUrl: `https://models.example/v1?key=${apiKey}` }],
    ['an empty query', { baseUrl: 'https://models.example/v1?' }],
    ['a key over an open line', { baseUrl: 'http://models.example/v1' }],
    [
      'a key over an open line to a name that looks like this machine',
      {
        baseUrl: 'http://127.0.0.1.models.example/v1',
      },
    ],
    ['a key with a line break', { apiKey: `${apiKey}\nx: y` }],
    ['an empty key', { apiKey: '' }],
    ['a model with a line break', { model: 'small\n1' }],
    ['a model named by the key', { model: `small-${apiKey}` }],
    ['a temperature that is no decimal', { temperature: '1e309' }],
    ['a temperature above two', { temperature: '2.1' }],
    ['a seed that is no integer', { seed: 0.5 }],
    ['a seed that is no number', { seed: Number.NaN }],
    ['no tokens', { maxTokens: 0 }],
    ['no time', { timeoutMs: 0 }],
    ['time for ever', { timeoutMs: Number.POSITIVE_INFINITY }],
    ['an answer of any size', { maxAnswerBytes: Number.POSITIVE_INFINITY }],
  ])('%s', async (_, changes) => {
    const error = await refusalOf(() => createLanguageModel({ ...good, ...changes }));
    expect(error.code).toBe('bad-input');
    expect(inspect(error, { depth: 10 })).not.toContain(apiKey);
  });

  test('the same without the fault', () => {
    expect(createLanguageModel(good).id).toBe('models.example/small-1');
    expect(createLanguageModel({ ...good, apiKey: undefined!, baseUrl: 'http://10.0.0.7:8000/v1' }).id).toBe(
      '10.0.0.7:8000/small-1',
    );
    expect(createLanguageModel({ ...good, baseUrl: 'http://[::1]:8000/v1' }).id).toBe('[::1]:8000/small-1');
  });
});

describe('an endpoint that does not behave', () => {
  let server: AdversarialServer;
  let elsewhere: TestServer;
  beforeAll(async () => {
    elsewhere = await startTestServer((_, response) => response.end('{}'));
    server = await startAdversarialServer(elsewhere.url);
  });
  afterAll(async () => {
    await server.stop();
    await elsewhere.stop();
  });

  const modelOf = (behaviour: Behaviour, changes: Partial<LanguageModelInit> = {}) =>
    createLanguageModel({ baseUrl: server.baseUrl(behaviour), apiKey, model: 'small-1', ...changes });

  const late = { timeoutMs: 300 };
  const expected: Record<Behaviour, readonly [code: string, got: string | undefined]> = {
    hang: ['timeout', undefined],
    'hang-after-head': ['timeout', undefined],
    drip: ['timeout', undefined],
    flood: ['source-unavailable', 'more than 262144 bytes'],
    'flood-of-error': ['source-unavailable', 'more than 262144 bytes'],
    bomb: ['source-unavailable', 'more than 262144 bytes'],
    html: ['source-unavailable', 'content of another type than it was asked for'],
    malformed: ['source-unavailable', 'Invalid JSON response'],
    'not-an-object': ['source-unavailable', 'Invalid JSON response'],
    'no-choices': ['source-unavailable', 'Response did not contain any choices.'],
    'huge-numbers': ['source-unavailable', 'Invalid JSON response'],
    'prototype-keys': ['source-unavailable', 'Invalid JSON response'],
    'deep-nesting': ['source-unavailable', 'Invalid JSON response'],
    'tool-calls': ['source-unavailable', 'calls of tools that nobody offered'],
    'tool-calls-that-stop': ['source-unavailable', 'calls of tools that nobody offered'],
    cut: ['source-unavailable', 'an answer that ended by length'],
    filtered: ['source-unavailable', 'an answer that ended by content-filter'],
    'refusal-field': ['source-unavailable', 'an answer that ended by content-filter'],
    empty: ['source-unavailable', 'no text'],
    'no-body': ['source-unavailable', 'Invalid JSON response'],
    'lone-surrogate': ['source-unavailable', 'text that is no Unicode'],
    'invalid-utf8': ['source-unavailable', 'bytes that are no UTF-8'],
    redirect: ['source-unavailable', 'status 307, which sends to another address'],
    cookies: ['answered', 'pay'],
    different: ['answered', 'answer 1'],
    busy: ['source-unavailable', 'status 429, ask again after 86400 s: slow down'],
    'busy-with-words': ['source-unavailable', 'status 429: slow down'],
    denied: ['bad-input', 'status 401'],
    'error-with-key': ['bad-input', `status 400: oops [key] ${'x'.repeat(188)}…`],
    'answer-with-key': ['source-unavailable', 'our key in its text'],
    'closes-halfway': ['source-unavailable', 'Cannot connect to API: terminated'],
  };

  test.each(behaviourNames)('%s', async (behaviour) => {
    const [code, got] = expected[behaviour];
    const before = server.seen.length;
    const model = modelOf(behaviour, code === 'timeout' ? late : {});
    if (code === 'answered') {
      expect(await model.ask('pay?', never)).toBe(got);
    } else {
      const error = await refusalOf(model.ask('pay?', never));
      expect([error.code, error.got]).toEqual([code, got]);
      // Neither the key nor the prompt is in what a log prints of it, causes included.
      const printed = inspect(error, { depth: 20, showHidden: true });
      expect(printed).not.toContain(apiKey);
      expect(printed).not.toContain('pay?');
    }
    // One prompt, one request: nothing is tried again.
    expect(server.seen.length - before).toBe(1);
  });

  test('what a person reads', async () => {
    const said: string[] = [];
    for (const behaviour of ['hang', 'denied', 'busy', 'tool-calls', 'html'] as const) {
      said.push(
        (await refusalOf(modelOf(behaviour, behaviour === 'hang' ? late : {}).ask('pay?', never))).message,
      );
    }
    said.push((await refusalOf(() => modelOf('hang', { baseUrl: 'http://models.example/v1' }))).message);
    expect(said.join('\n\n')).toMatchInlineSnapshot(`
      "The model did not answer in time.
        expected: an answer within 300 ms

      The model’s server does not accept the key.
        got:      status 401
        next:     Check the key, and that it may use this model.

      The model’s server does not answer now.
        got:      status 429, ask again after 86400 s: slow down

      The model gave no answer that rules may read.
        got:      calls of tools that nobody offered
        expected: one whole text

      The model’s server gave an answer that is none.
        got:      content of another type than it was asked for
        expected: application/json
        next:     Check the address: it must be that of an OpenAI-compatible endpoint.

      The language model’s address cannot be used.
        got:      a key for an unencrypted connection to another machine
        expected: https
        next:     See docs/guides/language-models.md."
    `);
  });

  test('a flood is left long before its end', async () => {
    await refusalOf(modelOf('flood').ask('a', never));
    await server.left;
    expect(server.sentBytes()).toBeGreaterThan(0);
    expect(server.sentBytes()).toBeLessThan(100_000_000);
  });

  test('nobody is asked elsewhere, so nobody elsewhere sees the key', () => {
    expect(elsewhere.seen).toEqual([]);
  });

  test('cookies are not kept', async () => {
    const model = modelOf('cookies');
    await model.ask('a', never);
    await model.ask('b', never);
    expect(server.seen.at(-1)!.headers.cookie).toBeUndefined();
  });

  test('another answer to the same prompt with the same seed is possible: the seed is a wish', async () => {
    const model = modelOf('different', { seed: 1, temperature: '0' });
    expect(await model.ask('a', never)).not.toBe(await model.ask('a', never));
  });

  test('nobody there', async () => {
    const free = await startTestServer(() => undefined);
    await free.stop();
    const error = await refusalOf(
      createLanguageModel({ baseUrl: free.url, apiKey, model: 'small-1' }).ask('a', never),
    );
    expect(error.code).toBe('source-unavailable');
    expect(error.retry).toBe('later');
  });
});

test('telemetry that another library registered sees nothing of a prompt', async () => {
  const told: unknown[] = [];
  const listen = { onStart: (event: unknown) => void told.push(event) };
  const scope = globalThis as { AI_SDK_TELEMETRY_INTEGRATIONS?: unknown[] };
  scope.AI_SDK_TELEMETRY_INTEGRATIONS = [listen];
  const server = await startScriptedServer(['yes']);
  try {
    await createLanguageModel({ baseUrl: server.url, model: 'small-1' }).ask('a', never);
    expect(told).toEqual([]);
    // The control: the same listener hears a call that does not switch telemetry off.
    const [{ generateText }, { createOpenAICompatible }] = await Promise.all([
      import('ai'),
      import('@ai-sdk/openai-compatible'),
    ]);
    const provider = createOpenAICompatible({ name: 'control', baseURL: server.url });
    await generateText({ model: provider.chatModel('small-1'), prompt: 'a' });
    expect(told.length).toBeGreaterThan(0);
  } finally {
    delete scope.AI_SDK_TELEMETRY_INTEGRATIONS;
    await server.stop();
  }
});
