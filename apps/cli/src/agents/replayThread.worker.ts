import { parentPort } from 'node:worker_threads';
import { decodeDecision } from '@lichen/protocol';
import { type AskAgain, replayDecision } from '@lichen/sdk';
import { carriedOf, errorOf, type FromThread, type ThreadQuestion, type ToThread } from './threadMessages.ts';

const port = parentPort!;
const say = (message: FromThread) => port.postMessage(message);
const waiting = new Map<number, PromiseWithResolvers<Uint8Array | string | undefined>>();
let asked = 0;

function ask(asks: ThreadQuestion): Promise<Uint8Array | string | undefined> {
  asked += 1;
  const answer = Promise.withResolvers<Uint8Array | string | undefined>();
  waiting.set(asked, answer);
  say({ question: asked, asks });
  return answer.promise;
}

const askAgain: AskAgain = async (prompt, model) => String(await ask({ prompt, model }));

port.on('message', async (message: ToThread) => {
  if ('question' in message) {
    const answer = waiting.get(message.question);
    waiting.delete(message.question);
    if ('error' in message) answer?.reject(errorOf(message.error));
    else answer?.resolve(message.answer);
    return;
  }
  const { entry, known, asksAgain } = message;
  const blob = async (sha256: string) =>
    (known.has(sha256) ? known.get(sha256) : await ask({ sha256 })) as Uint8Array | undefined;
  try {
    const decision = decodeDecision(entry);
    say({ report: await replayDecision({ decision, blob, ...(asksAgain ? { askAgain } : {}) }) });
  } catch (error) {
    say({ error: carriedOf(error) });
  }
});
say({ isReady: true });
