import { createServer as createHttpServer, type Server } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundlerTarget, jsonRpcForward, sponsorTarget } from './jsonRpcForward.ts';

let server: Server;
let url: string;
const seen: string[] = [];
beforeAll(async () => {
  server = createHttpServer((request, response) => {
    let text = '';
    request.on('data', (part) => {
      text += part;
    });
    request.on('end', () => {
      seen.push(text);
      // The bundler answers its own mishaps with 500.
      response.statusCode = 500;
      response.end('{"jsonrpc":"2.0","id":7,"error":{"message":"mishap"}}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

describe('jsonRpcForward', () => {
  test('passes bytes on as they came, and the answer back with status 200', async () => {
    const text = '{"jsonrpc":"2.0","id":7,"method":"eth_chainId","params":[]}';
    const response = await jsonRpcForward(bundlerTarget(url), text);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ id: 7, error: { message: 'mishap' } });
    expect(seen.at(-1)).toBe(text);
  });

  test.each([
    ['no JSON', '{', -32700],
    ['a batch', '[]', -32600],
    ['administration', '{"id":1,"method":"debug_bundler_setBundlingMode"}', -32601],
    ['another service’s method', '{"id":1,"method":"pm_getPaymasterData"}', -32601],
    ['a method that is no text', '{"id":1,"method":{"toString":1}}', -32601],
  ])('refuses %s', async (_, text, code) => {
    const before = seen.length;
    const response = await jsonRpcForward(bundlerTarget(url), text);
    expect(await response.json()).toMatchObject({ error: { code, data: { error: 'bad-input' } } });
    expect(seen.length).toBe(before);
  });

  test('says in JSON-RPC that nobody answers, and what to do', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as AddressInfo;
    await new Promise((resolve) => taken.close(resolve));
    const call = '{"id":1,"method":"pm_getPaymasterData"}';
    const response = await jsonRpcForward(sponsorTarget(`http://127.0.0.1:${port}`), call);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      id: 1,
      error: { code: -32000, data: { error: 'bundler-unreachable', retry: 'later' } },
    });
  });
});
