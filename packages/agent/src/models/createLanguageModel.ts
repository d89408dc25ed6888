import { LichenError } from '@lichen/protocol';
import { languageModelErrorOf } from './languageModelError.ts';
import { type LanguageModelSettings, settingsTextOf } from './languageModelSettings.ts';
import { boundedFetch } from './readAnswer.ts';

export interface LanguageModelInit extends Omit<LanguageModelSettings, 'maxTokens'> {
  /** Base address of an OpenAI-compatible endpoint, such as `http://127.0.0.1:11434/v1`. No name, password or query in it. */
  readonly baseUrl: string;
  /** Sent to that host only, and only encrypted or to this machine. It is in no record, error, log or span. */
  readonly apiKey?: string;
  /** Name of the model at its provider. */
  readonly model: string;
  /** Most tokens of an answer; 512 when absent. An answer that was cut is refused. */
  readonly maxTokens?: number;
  /** Whole time of one prompt and its answer; 60,000 when absent, 300,000 at most. */
  readonly timeoutMs?: number;
  /** Most bytes of the server's whole answer, after decompression; 262,144 when absent. */
  readonly maxAnswerBytes?: number;
}

/** A language model as an agent asks it: text in, text out, and nothing that it can do but answer. */
export interface LanguageModel {
  readonly kind: 'language';
  /** Host of the provider and name of the model: `api.example.com/some-model`. */
  readonly id: string;
  /** Temperature, seed and longest answer as JSON text; equal settings have equal text. */
  readonly settings: string;
  /**
   * Asks once. The answer is the word of a stranger: only deterministic rules may read it.
   * @throws LichenError `timeout`; `source-unavailable` for every answer that is not one whole text; `bad-input` when the
   * endpoint refuses key, model or request; the signal's own reason when it is aborted
   */
  ask(prompt: string, signal: AbortSignal): Promise<string>;
}

const longestPrompt = 262_144;
const thisMachine = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

function refuse(what: string, got: string, expected: string): LichenError {
  return new LichenError('bad-input', `The language model’s ${what} cannot be used.`, {
    got,
    expected,
    next: 'See docs/guides/language-models.md.',
    retry: 'after-fix',
  });
}

/** Nothing of the address itself is in what is refused here: a secret may stand in it. */
function readBaseUrl(text: string, hasKey: boolean): URL {
  const form = 'http(s)://host[:port]/path, without name, password, query or fragment';
  if (!URL.canParse(text)) throw refuse('address', 'text that is no address', form);
  const url = new URL(text);
  if (!/^https?:$/.test(url.protocol)) throw refuse('address', `the scheme ${url.protocol}`, form);
  if (url.username !== '' || url.password !== '')
    throw refuse('address', 'a name or a password in it', `${form}; pass a key as apiKey`);
  if (url.search !== '' || url.hash !== '' || text.includes('?') || text.includes('#')) {
    throw refuse('address', 'a query or a fragment in it', `${form}; pass a key as apiKey`);
  }
  if (hasKey && url.protocol === 'http:' && !thisMachine.test(url.hostname)) {
    throw refuse('address', 'a key for an unencrypted connection to another machine', 'https');
  }
  return url;
}

/**
 * A language model behind any OpenAI-compatible endpoint, asked through the AI SDK: once, without a tool, without
 * streaming, without a retry (a retry costs money), without telemetry, within a deadline and a size. Nothing is sent before
 * the first prompt.
 * @throws LichenError `bad-input`
 */
export function createLanguageModel(init: LanguageModelInit): LanguageModel {
  const { apiKey, model, temperature, seed, maxTokens = 512, timeoutMs = 60_000 } = init;
  const maxBytes = init.maxAnswerBytes ?? 262_144;
  // Before the address is looked at: fetch would put a key with a line break into the text of its error.
  if (apiKey !== undefined && !/^[\x21-\x7e]{1,4096}$/.test(apiKey)) {
    throw refuse('key', 'something else', 'printable ASCII without spaces');
  }
  const url = readBaseUrl(init.baseUrl, apiKey !== undefined);
  if (!/^[\x21-\x7e]{1,200}$/.test(model)) {
    throw refuse('name', `${model.length} characters`, '1 to 200 printable ASCII characters without spaces');
  }
  if (apiKey !== undefined && model.includes(apiKey)) throw refuse('name', 'the key in it', 'a name');
  if (!Number.isInteger(timeoutMs) || timeoutMs < 1 || timeoutMs > 300_000) {
    throw refuse('deadline', String(timeoutMs), 'from 1 to 300000 milliseconds');
  }
  if (!Number.isInteger(maxBytes) || maxBytes < 1 || maxBytes > 2 ** 24) {
    throw refuse('longest answer', String(maxBytes), 'from 1 to 16777216 bytes');
  }
  const settings = settingsTextOf({
    maxTokens,
    ...(temperature === undefined ? {} : { temperature }),
    ...(seed === undefined ? {} : { seed }),
  });
  const fetchAnswer = boundedFetch({ maxBytes });

  async function ask(prompt: string, signal: AbortSignal): Promise<string> {
    signal.throwIfAborted();
    if (prompt === '' || !prompt.isWellFormed() || Buffer.byteLength(prompt) > longestPrompt) {
      throw refuse('prompt', `${prompt.length} characters`, `1 to ${longestPrompt} bytes of Unicode`);
    }
    // 100 ms of loading that only those pay who ask.
    const [{ generateText }, { createOpenAICompatible }] = await Promise.all([
      import('ai'),
      import('@ai-sdk/openai-compatible'),
    ]);
    const provider = createOpenAICompatible({
      name: 'lichen',
      baseURL: url.href,
      fetch: fetchAnswer,
      ...(apiKey === undefined ? {} : { apiKey }),
    });
    const deadline = AbortSignal.timeout(timeoutMs);
    try {
      const answer = await generateText({
        model: provider.chatModel(model),
        prompt,
        maxOutputTokens: maxTokens,
        ...(temperature === undefined ? {} : { temperature: Number(temperature) }),
        ...(seed === undefined ? {} : { seed }),
        maxRetries: 0,
        abortSignal: AbortSignal.any([signal, deadline]),
        telemetry: { isEnabled: false },
      });
      return readText(answer, apiKey);
    } catch (error) {
      signal.throwIfAborted();
      throw languageModelErrorOf(error, { isLate: deadline.aborted, timeoutMs, apiKey });
    }
  }

  return { kind: 'language', id: `${url.host}/${model}`, settings, ask };
}

/** The answer, when it is one whole text and nothing else. @throws LichenError `source-unavailable` */
function readText(
  answer: { readonly text: string; readonly finishReason: string; readonly toolCalls: readonly unknown[] },
  apiKey: string | undefined,
): string {
  const refuseAnswer = (got: string) =>
    new LichenError('source-unavailable', 'The model gave no answer that rules may read.', {
      got,
      expected: 'one whole text',
      retry: 'later',
    });
  const { text, finishReason, toolCalls } = answer;
  if (toolCalls.length > 0) throw refuseAnswer('calls of tools that nobody offered');
  // Half an answer can say the opposite of the whole.
  if (finishReason !== 'stop') throw refuseAnswer(`an answer that ended by ${finishReason}`);
  if (text.trim() === '') throw refuseAnswer('no text');
  if (!text.isWellFormed()) throw refuseAnswer('text that is no Unicode');
  // What is answered is published in the journal.
  if (apiKey !== undefined && text.includes(apiKey)) throw refuseAnswer('our key in its text');
  return text;
}
