import { Agent, request } from 'node:http';

/** What a JSON-RPC server said, as it said it. */
export type RpcAnswer =
  | { readonly result: unknown }
  | { readonly error: { code: number; message: string; data?: unknown } };

/** Raised when the server did not answer at all: it is gone, or hangs. */
export class UpstreamGone extends Error {}

export interface Upstream {
  /** Sends one request. @throws UpstreamGone when there is no answer within `timeoutMs` (30 s). */
  ask(method: string, params: unknown, timeoutMs?: number): Promise<RpcAnswer>;
  /** The result alone. @throws Error with the server's words. */
  demand<T>(method: string, ...params: unknown[]): Promise<T>;
  close(): void;
}

/** A JSON-RPC client over kept-alive connections that tells "said no" from "said nothing". */
export function createUpstream(host: string, port: number): Upstream {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  let nextId = 1;

  function ask(method: string, params: unknown, timeoutMs = 30_000): Promise<RpcAnswer> {
    const body = Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: nextId++, method, params }));
    return new Promise((resolve, reject) => {
      const fail = (error: unknown) => reject(new UpstreamGone(`no answer to ${method}`, { cause: error }));
      const headers = { 'content-type': 'application/json', 'content-length': body.length };
      const call = request(
        { host, port, method: 'POST', path: '/', agent, headers, timeout: timeoutMs },
        (response) => {
          const parts: Buffer[] = [];
          response.on('data', (part: Buffer) => parts.push(part));
          response.on('error', fail);
          response.on('aborted', () => fail(new Error('the connection broke')));
          response.on('end', () => {
            const text = Buffer.concat(parts).toString();
            try {
              const answer = JSON.parse(text);
              resolve('error' in answer ? { error: answer.error } : { result: answer.result });
            } catch {
              resolve({
                error: { code: -32603, message: `HTTP ${response.statusCode}: ${text.slice(0, 200)}` },
              });
            }
          });
        },
      );
      call.on('timeout', () => call.destroy(new Error(`nothing for ${timeoutMs} ms`)));
      call.on('error', fail);
      call.end(body);
    });
  }

  return {
    ask,
    async demand<T>(method: string, ...params: unknown[]): Promise<T> {
      const answer = await ask(method, params, 120_000);
      if ('error' in answer) throw new Error(`${method}: ${answer.error.message}`);
      return answer.result as T;
    },
    close: () => agent.destroy(),
  };
}
