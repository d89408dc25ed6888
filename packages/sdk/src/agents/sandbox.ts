import variant from '@jitl/quickjs-singlefile-mjs-release-sync';
import { isLichenError, LichenError } from '@lichen/protocol';
import { DefaultIntrinsics, newQuickJSWASMModuleFromVariant, newVariant } from 'quickjs-emscripten-core';
import type { RulesLimits } from './rules.ts';

/** Jumps and function calls between two looks at the meter; fixed in QuickJS (JS_INTERRUPT_COUNTER_INIT). */
const stepsOfTick = 10_000;
const pageBytes = 65_536;
/** What the interpreter's WebAssembly begins with, 16 MiB. */
const leastPages = 256;
/** Bytes of stack below what loading used that are put back each time; `stackBytes` and the frames of one call fit. */
const stackMargin = 512 * 1024;

/**
 * Runs before the code. What differs from machine to machine or from run to run is taken away: clock (no Date), chance
 * (Math.random), the garbage collector's timing (WeakRef). So is whatever makes code out of text, since inputs are text.
 * Returns the one function that the host calls: JSON in, a sign and text out.
 */
const preamble = `(() => {
  'use strict';
  const allowed = new Set([
    'Error', 'EvalError', 'RangeError', 'ReferenceError', 'SyntaxError', 'TypeError', 'URIError', 'InternalError',
    'AggregateError', 'Array', 'Object', 'Iterator', 'parseInt', 'parseFloat', 'isNaN', 'isFinite', 'decodeURI',
    'decodeURIComponent', 'encodeURI', 'encodeURIComponent', 'Infinity', 'NaN', 'undefined', 'Number', 'Boolean',
    'String', 'Math', 'Reflect', 'Symbol', 'globalThis', 'BigInt', 'RegExp', 'JSON', 'Map', 'Set', 'WeakMap',
    'WeakSet', 'ArrayBuffer', 'Uint8ClampedArray', 'Int8Array', 'Uint8Array', 'Int16Array', 'Uint16Array',
    'Int32Array', 'Uint32Array', 'BigInt64Array', 'BigUint64Array', 'Float32Array', 'Float64Array', 'DataView',
  ]);
  const makers = [function () {}, function* () {}, async function () {}, async function* () {}];
  for (const maker of makers) delete Object.getPrototypeOf(maker).constructor;
  for (const name of Reflect.ownKeys(globalThis)) {
    if (typeof name === 'string' && !allowed.has(name)) delete globalThis[name];
  }
  delete Math.random;
  const { parse, stringify } = JSON;
  const { apply } = Reflect;
  const { slice } = String.prototype;
  const text = String;
  const short = (value) => apply(slice, text(value), [0, 400]);
  // The interpreter parses nested lists by recursion that its own stack check does not see.
  JSON.parse = (given, reviver) => {
    const json = text(given);
    let depth = 0;
    let quoted = false;
    for (let at = 0; json.length > 500 && at < json.length; at++) {
      const mark = json[at];
      if (quoted) {
        if (mark === '\\\\') at++;
        else if (mark === '"') quoted = false;
      } else if (mark === '"') quoted = true;
      else if (mark === '[' || mark === '{') {
        if (++depth > 500) throw new SyntaxError('nested too deeply');
      } else if (mark === ']' || mark === '}') depth--;
    }
    return parse(json, reviver);
  };
  function why(error) {
    try {
      return typeof error === 'object' && error !== null ? short(error.name) + ': ' + short(error.message) : short(error);
    } catch {
      return 'it threw something that has no text';
    }
  }
  return (exported, name, given, most) => {
    try {
      const answer = exported[name](...parse(given));
      if (typeof answer === 'object' && answer !== null && typeof answer.then === 'function') return '~';
      const out = stringify(answer);
      if (typeof out !== 'string') return '?' + typeof answer;
      return out.length > most ? '>' + out.length : '=' + out;
    } catch (error) {
      return '!' + why(error);
    }
  };
})()`;

/** A program in its own memory. Long-lived: `run` as often as wanted, then drop it. */
export interface Sandbox {
  /** After that every run fails: open another. */
  isBroken(): boolean;
  /** Whether the code exports a function of this name. */
  has(name: string): boolean;
  /**
   * Calls an exported function with the values of a JSON list and returns the JSON of its answer. Every run begins from
   * the same bytes of memory.
   * @throws LichenError `bad-input` (it threw, ran out of memory, answered no JSON or too much), `timeout` (steps),
   * `internal` (the interpreter itself broke, now or in an earlier run)
   */
  run(name: string, given: string): string;
}

/**
 * Loads a JavaScript module into QuickJS, which runs inside WebAssembly: the code reaches nothing but that memory. It is
 * evaluated once; the memory as it is then is what each run begins from, so a program cannot count its calls, and the
 * interpreter's own state (heap, hash tables, step counter) is the same for the millionth call as for the first.
 * @throws LichenError `bad-input`, `timeout`
 */
export async function openSandbox(code: string, limits: RulesLimits): Promise<Sandbox> {
  const pages = Math.ceil(limits.memoryBytes / pageBytes);
  const memory = new WebAssembly.Memory({ initial: leastPages, maximum: pages });
  const grow = memory.grow.bind(memory);
  let isExhausted = false;
  // The interpreter asks for more here and nowhere else. It gets all there is at once: if memory grew step by step, how far
  // it had grown in earlier runs would decide when an allocation fails, and a program can feel that. One that catches its
  // "out of memory" and goes on gains nothing: its verdict is refused all the same.
  memory.grow = (wanted) => {
    const has = memory.buffer.byteLength / pageBytes;
    if (has + wanted > pages) {
      isExhausted = true;
      throw new RangeError('memory limit');
    }
    return grow(pages - has);
  };
  const wasm = await newQuickJSWASMModuleFromVariant(
    newVariant(variant, {
      wasmMemory: memory,
      // emscripten's types do not know these; its script reads them.
      emscriptenModule: { thisProgram: 'rules', print: () => {}, printErr: () => {} } as object,
    }),
  );
  const runtime = wasm.newRuntime();
  runtime.setMaxStackSize(limits.stackBytes);
  const mostTicks = Math.ceil(limits.steps / stepsOfTick);
  let ticks = 0;
  runtime.setInterruptHandler(() => ++ticks > mostTicks);
  const context = runtime.newContext({
    intrinsics: { ...DefaultIntrinsics, BigInt: true, Date: false, Proxy: false },
  });

  let isBroken = false;
  const brokenDown = (cause: unknown) =>
    new LichenError('internal', 'The interpreter of the rules broke down.', {
      got: printable(String(cause instanceof Error ? cause.message : cause)).slice(0, 200),
      expected: 'an answer',
      next: 'Nest data and calls less deeply in the rules, then open them again.',
      retry: 'after-fix',
      cause,
    });
  const failed = (got: string) =>
    new LichenError('bad-input', 'The rules failed.', {
      got: printable(got),
      expected: 'an answer',
      next: 'Correct the rules; docs/spec/rules.md says what they may use.',
      retry: 'after-fix',
    });

  /** Does work in the sandbox. Past a bound, what the work came to does not count: code can catch its own failures. */
  function guard<Value>(work: () => Value): Value {
    ticks = 0;
    isExhausted = false;
    let value: Value | undefined;
    let thrown: { readonly error: unknown } | undefined;
    try {
      value = work();
    } catch (error) {
      thrown = { error };
      // The machine's own stack ended before the program's, or the interpreter trapped: its state is not to be trusted.
      if (!isLichenError(error)) isBroken = true;
    }
    if (ticks > mostTicks) {
      throw new LichenError('timeout', 'The rules took too many steps.', {
        got: `more than ${mostTicks * stepsOfTick}`,
        expected: `at most ${mostTicks * stepsOfTick} jumps and function calls`,
        next: 'Make the rules end sooner.',
        retry: 'after-fix',
      });
    }
    if (isExhausted) {
      throw new LichenError('bad-input', 'The rules took too much memory.', {
        got: `more than ${pages * pageBytes} bytes`,
        expected: 'rules and inputs that fit',
        next: 'Keep less at a time.',
        retry: 'after-fix',
      });
    }
    if (thrown === undefined) return value as Value;
    throw isLichenError(thrown.error) ? thrown.error : brokenDown(thrown.error);
  }

  const { call, exported } = guard(() => {
    const prepared = context.unwrapResult(context.evalCode(preamble, 'preamble.js', { strict: true }));
    const loaded = context.evalCode(code, 'rules.js', { type: 'module', strict: true });
    if (loaded.error !== undefined) throw failed(`on loading, ${textOf(context.dump(loaded.error))}`);
    const state = context.getPromiseState(loaded.value);
    if (state.type !== 'fulfilled' || state.notAPromise !== true) {
      throw failed('the module awaits something at its top level');
    }
    return { call: prepared, exported: loaded.value };
  });

  // From low to high: stack, which grows downwards; static data and heap; what has never been written.
  const { from, to } = usedOf(memory);
  const low = Math.max(0, Math.floor((from - stackMargin) / pageBytes) * pageBytes);
  const start = new Uint8Array(memory.buffer.slice(low, to));
  function restore(): void {
    const bytes = new Uint8Array(memory.buffer);
    bytes.set(start, low);
    bytes.fill(0, to, heapEndOf(memory, to));
    // A stack that went deeper than the margin went through the page below it.
    const page = new Int32Array(memory.buffer, Math.max(0, low - pageBytes), Math.min(low, pageBytes) / 4);
    if (page.some((word) => word !== 0)) bytes.fill(0, 0, low);
  }

  // `has` is asked again each time rules are opened from those at rest, hence remembered.
  const functions = new Map<string, boolean>();
  return {
    isBroken: () => isBroken,
    has: (name) => {
      let isFunction = functions.get(name);
      if (isFunction === undefined) {
        try {
          isFunction = guard(() => context.typeof(context.getProp(exported, name)) === 'function');
        } finally {
          restore();
        }
        functions.set(name, isFunction);
      }
      return isFunction;
    },
    run: (name, given) => {
      if (isBroken) throw brokenDown('it broke down in an earlier call');
      try {
        // No handle is disposed of: what it names is gone with the memory.
        const answer = guard(() => {
          const result = context.callFunction(
            call,
            context.undefined,
            exported,
            context.newString(name),
            context.newString(given),
            context.newNumber(limits.outputLength),
          );
          return result.error === undefined ? context.getString(result.value) : '!it could not go on';
        });
        const rest = answer.slice(1);
        switch (answer[0]) {
          case '=':
            return rest;
          case '~':
            throw failed(`${name} is asynchronous`);
          case '?':
            throw failed(`${name} answered ${rest}`);
          case '>':
            throw failed(`${name} answered ${rest} characters, more than ${limits.outputLength}`);
          default:
            throw failed(`${name}: ${rest}`);
        }
      } finally {
        restore();
      }
    },
  };
}

/** Bytes of memory from the first to the last that is not zero. */
function usedOf(memory: WebAssembly.Memory): { from: number; to: number } {
  const words = new BigUint64Array(memory.buffer);
  const first = words.findIndex((word) => word !== 0n);
  const last = words.findLastIndex((word) => word !== 0n);
  return { from: first * 8, to: (last + 1) * 8 };
}

/**
 * Where the heap ends: above it nothing was ever written. The allocator (dlmalloc) takes memory by 4 KiB and leaves a mark
 * at the end of what it took, 40 bytes from it, that is not zero. Looking for it is cheaper than clearing 11 MiB each time.
 */
function heapEndOf(memory: WebAssembly.Memory, least: number): number {
  const words = new Int32Array(memory.buffer);
  const step = 4_096 / 4;
  for (let end = words.length; end * 4 > least; end -= step) {
    if (words[end - 9] !== 0) return end * 4;
  }
  return least;
}

/** Text of what code threw while it was loaded; its fields are foreign. */
function textOf(thrown: unknown): string {
  if (typeof thrown !== 'object' || thrown === null) return String(thrown).slice(0, 400);
  const { name, message } = thrown as { name?: unknown; message?: unknown };
  return [name, message]
    .filter((part) => typeof part === 'string')
    .join(': ')
    .slice(0, 400);
}

/** Text of foreign code without what steers a terminal or turns the direction of writing. */
function printable(text: string): string {
  return text.toWellFormed().replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ');
}
