import { Worker } from 'node:worker_threads';
import { decodeDecision, LichenError } from '@lichen/protocol';
import type { AskAgain, ReplayReport } from '@lichen/sdk';
import { carriedOf, errorOf, type FromThread, type ThreadQuestion, type ToThread } from './threadMessages.ts';

type Blob = (sha256: string) => Promise<Uint8Array | undefined>;

/** Replays decisions in a thread of its own: code from a journal is a stranger's, and a built-in of it can take for ever. */
export interface ReplayThread {
  /**
   * Replays an entry of a journal.
   * @throws LichenError `bad-input` for an entry that is no decision, `timeout` past `patienceMs` (the thread is ended, the
   * next replay gets another), and what `blob` throws
   */
  replay(entry: Uint8Array, blob: Blob): Promise<ReplayReport>;
  close(): Promise<void>;
}

/** Bytes that a replay asks for, read beforehand: to ask from the thread for each takes longer than the replay. */
async function gather(entry: Uint8Array, blob: Blob): Promise<Map<string, Uint8Array | undefined>> {
  const { inputs, model, rules } = decodeDecision(entry);
  const hashes = [...inputs.map(({ sha256 }) => sha256), rules.sha256];
  if (model !== null) hashes.push(model.input, model.output);
  const known = new Map<string, Uint8Array | undefined>();
  await Promise.allSettled(
    // What fails here is asked for again, and then it counts.
    [...new Set(hashes)].map(async (sha256) => known.set(sha256, await blob(sha256))),
  );
  return known;
}

export interface ReplayThreadInit {
  /** For one decision, without the time that bytes and models take; 30,000 when absent. */
  readonly patienceMs?: number | undefined;
  /** Asks the language model again: grade C. */
  readonly askAgain?: AskAgain | undefined;
}

/** A thread that starts with its first replay. */
export function createReplayThread({ patienceMs = 30_000, askAgain }: ReplayThreadInit = {}): ReplayThread {
  let worker: Worker | undefined;

  function begin(): Worker {
    const started = new Worker(new URL('./replayThread.worker.ts', import.meta.url), { name: 'replay' });
    // It does not keep the process alive by itself.
    started.unref();
    return started;
  }

  async function end(): Promise<void> {
    const ended = worker;
    worker = undefined;
    await ended?.terminate();
  }

  function answerTo(asks: ThreadQuestion, blob: Blob): Promise<Uint8Array | string | undefined> {
    if ('sha256' in asks) return blob(asks.sha256);
    if (askAgain === undefined) throw new LichenError('internal', 'A model was asked that must not be.');
    return askAgain(asks.prompt, asks.model);
  }

  async function replay(entry: Uint8Array, blob: Blob): Promise<ReplayReport> {
    const known = await gather(entry, blob);
    const isReady = worker !== undefined;
    worker ??= begin();
    const thread = worker;
    const tell = (message: ToThread) => thread.postMessage(message);
    const { promise, resolve, reject } = Promise.withResolvers<ReplayReport>();
    let timer: NodeJS.Timeout | undefined;
    const wait = () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        reject(
          new LichenError('timeout', 'The rules did not end and were stopped.', {
            got: `no verdict within ${patienceMs / 1_000} s`,
            expected: 'some milliseconds',
            next: 'Look at the code of the rules: a built-in of it takes very long.',
          }),
        );
      }, patienceMs);
    };
    const onMessage = async (message: FromThread) => {
      // What loading the thread's code takes is not the rules' time.
      if ('isReady' in message) return wait();
      if ('report' in message) return resolve(message.report);
      if ('error' in message) return reject(errorOf(message.error));
      clearTimeout(timer);
      const { question, asks } = message;
      try {
        tell({ question, answer: await answerTo(asks, blob) });
      } catch (error) {
        tell({ question, error: carriedOf(error) });
      }
      wait();
    };
    const onError = (error: unknown) => reject(error);
    const onExit = () => reject(new LichenError('internal', 'The thread of the replay ended.'));
    thread.on('message', onMessage);
    thread.once('error', onError);
    thread.once('exit', onExit);
    thread.ref();
    if (isReady) wait();
    tell({ entry, known, asksAgain: askAgain !== undefined });
    try {
      return await promise;
    } catch (error) {
      // Whatever it was, the next decision is not to suffer from it.
      await end();
      throw error;
    } finally {
      clearTimeout(timer);
      thread.off('message', onMessage);
      thread.off('error', onError);
      thread.off('exit', onExit);
      thread.unref();
    }
  }

  return { replay, close: end };
}
