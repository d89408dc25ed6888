import { isLichenError } from '@lichen/protocol';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { loopbackGuard } from '../http/loopbackGuard.ts';
import { isAllowedMethod } from './methods.ts';
import type { RpcAnswer } from './upstream.ts';

export interface RpcAppInit {
  /** Answers one allowed request. */
  readonly ask: (method: string, params: unknown) => Promise<RpcAnswer>;
  /** What `GET /v1/health` says. */
  readonly health: () => Record<string, unknown>;
  /** Largest request body, in bytes. */
  readonly maxBodyBytes?: number;
  readonly maxBatch?: number;
}

type Reply = { jsonrpc: '2.0'; id: unknown } & RpcAnswer;

const refusal = (id: unknown, code: number, message: string): Reply => ({
  jsonrpc: '2.0',
  id,
  error: { code, message },
});

/** The HTTP face of the chain: JSON-RPC, single and in batches, for callers of this machine, with an allow-list. */
export function createRpcApp(init: RpcAppInit): Hono {
  const { ask, health, maxBodyBytes = 2 << 20, maxBatch = 100 } = init;

  async function replyTo(call: unknown): Promise<Reply | undefined> {
    if (typeof call !== 'object' || call === null || Array.isArray(call))
      return refusal(null, -32600, 'Invalid request');
    const { id, method, params } = call as Record<string, unknown>;
    if (typeof method !== 'string') return refusal(id ?? null, -32600, 'Invalid request: no method');
    if (!isAllowedMethod(method))
      return refusal(id ?? null, -32601, `Method ${method} is not available on this chain`);
    let answer: RpcAnswer;
    try {
      answer = await ask(method, params ?? []);
    } catch (error) {
      const data = isLichenError(error) ? error.toJSON() : undefined;
      const message = isLichenError(error) ? error.message : 'The chain could not answer';
      answer = { error: { code: -32000, message, ...(data === undefined ? {} : { data }) } };
    }
    return id === undefined ? undefined : { jsonrpc: '2.0', id, ...answer };
  }

  const app = new Hono();
  app.use(loopbackGuard());
  app.use(
    bodyLimit({
      maxSize: maxBodyBytes,
      onError: (context) =>
        context.json(refusal(null, -32600, `Request larger than ${maxBodyBytes} bytes`), 413),
    }),
  );
  app.get('/v1/health', (context) => context.json(health()));
  app.post('/', async (context) => {
    let body: unknown;
    try {
      body = JSON.parse(await context.req.text());
    } catch {
      return context.json(refusal(null, -32700, 'Not JSON'));
    }
    if (!Array.isArray(body)) {
      const reply = await replyTo(body);
      return reply === undefined ? context.body(null, 204) : context.json(reply);
    }
    if (body.length === 0 || body.length > maxBatch) {
      return context.json(refusal(null, -32600, `A batch holds 1 to ${maxBatch} requests`));
    }
    const replies = (await Promise.all(body.map(replyTo))).filter((reply) => reply !== undefined);
    return replies.length === 0 ? context.body(null, 204) : context.json(replies);
  });
  return app;
}
