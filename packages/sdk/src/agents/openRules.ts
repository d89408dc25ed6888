import { blobHashOf, LichenError } from '@lichen/protocol';
import { readModelInput, readVerdict } from './readVerdict.ts';
import { type Rules, type RulesLimits, rulesLimits } from './rules.ts';
import { openSandbox, type Sandbox } from './sandbox.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function textOfCode(code: Uint8Array, limits: RulesLimits): string {
  const refuse = (got: string, expected: string, cause?: unknown) =>
    new LichenError('bad-input', 'That is no rules program.', { got, expected, retry: 'after-fix', cause });
  if (code.length === 0 || code.length > limits.codeBytes) {
    throw refuse(`${code.length} bytes`, `one JavaScript module of at most ${limits.codeBytes} bytes`);
  }
  let text: string;
  try {
    text = utf8.decode(code);
  } catch (error) {
    throw refuse('bytes that are no UTF-8', 'a JavaScript module in UTF-8', error);
  }
  if (text.includes('\0')) throw refuse('a zero byte', 'a JavaScript module without one');
  return text;
}

/** Levels of lists and objects in JSON text. */
function depthOf(json: string): number {
  let depth = 0;
  let deepest = 0;
  let isText = false;
  for (let at = 0; at < json.length; at++) {
    const code = json.charCodeAt(at);
    if (isText) {
      if (code === 0x5c) at++;
      else if (code === 0x22) isText = false;
    } else if (code === 0x22) isText = true;
    else if (code === 0x5b || code === 0x7b) deepest = Math.max(deepest, ++depth);
    else if (code === 0x5d || code === 0x7d) depth--;
  }
  return deepest;
}

function encode(values: readonly unknown[], limits: RulesLimits): string {
  let text: string;
  try {
    text = JSON.stringify(values);
  } catch (error) {
    throw new LichenError('bad-input', 'The inputs of the rules are no JSON.', {
      got: String(error instanceof Error ? error.message : error).slice(0, 120),
      expected: `JSON of at most ${limits.inputDepth} levels`,
      retry: 'after-fix',
      cause: error,
    });
  }
  const depth = depthOf(text);
  if (text.length > limits.inputLength || depth > limits.inputDepth) {
    throw new LichenError('bad-input', 'The inputs of the rules are too large.', {
      got: `${text.length} characters, ${depth} levels`,
      expected: `at most ${limits.inputLength} characters and ${limits.inputDepth} levels`,
      retry: 'after-fix',
    });
  }
  return text;
}

/** Sandboxes that somebody has disposed of. Each is as it was when opened, and opening one takes 60 ms. */
const idle = new Map<string, Sandbox>();
const mostIdle = 3;

/**
 * Opens a rules program – one JavaScript module without imports – in a sandbox without clock, chance, network or keys.
 * The same code and context give the same verdict in Node and in every browser: the interpreter is one and the same
 * WebAssembly, and it begins each call from the same memory. docs/spec/rules.md
 *
 * It bounds steps and memory, not the time that one built-in takes: searching a long text in a long text is one step.
 * Whoever runs a stranger's code does it in a thread that can be ended.
 *
 * Opening takes 60 ms and a decision about 2 ms; rules that were disposed of are opened again at no cost.
 *
 * @example
 * ```ts
 * const rules = await openRules(new TextEncoder().encode(code));
 * const verdict = rules.decide({ time: 0, zone: 'UTC', inputs: { market: { day: '2008-09-15' } } }, null);
 * rules.dispose();
 * ```
 * @throws LichenError `bad-input` (no module, no `decide`, imports, top-level await, throws on loading), `timeout`
 */
export async function openRules(code: Uint8Array, limits: Partial<RulesLimits> = {}): Promise<Rules> {
  const bounds: RulesLimits = { ...rulesLimits, ...limits };
  const sha256 = blobHashOf(code);
  const text = textOfCode(code, bounds);
  const key = `${sha256} ${JSON.stringify(bounds)}`;
  const waiting = idle.get(key);
  idle.delete(key);
  let sandbox: Sandbox | undefined = waiting ?? (await openSandbox(text, bounds));
  if (!sandbox.has('decide')) {
    throw new LichenError('bad-input', 'That module has no rules.', {
      got: 'no function named decide among its exports',
      expected: 'export function decide(context, modelOutput)',
      retry: 'after-fix',
    });
  }
  const asksModel = sandbox.has('modelInput');
  function run(name: string, values: readonly unknown[]): unknown {
    if (sandbox === undefined) throw new LichenError('internal', 'These rules were disposed of.');
    return JSON.parse(sandbox.run(name, encode(values, bounds)));
  }
  return {
    sha256,
    modelInput: (context) => (asksModel ? readModelInput(run('modelInput', [context])) : null),
    decide: (context, output) => readVerdict(run('decide', [context, output])),
    dispose: () => {
      if (sandbox?.isBroken() === false) {
        idle.set(key, sandbox);
        const [oldest] = idle.keys();
        if (idle.size > mostIdle && oldest !== undefined) idle.delete(oldest);
      }
      sandbox = undefined;
    },
  };
}
