import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isLichenError, LichenError } from '@lichen/protocol';
import { afterAll, describe, expect, test } from 'vitest';
import { requestGateway } from './requestGateway.ts';

const servers: (() => void)[] = [];
afterAll(() => {
  for (const close of servers) close();
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  servers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function refusalOf(promise: Promise<unknown>): Promise<LichenError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!isLichenError(error)) throw new Error('was not refused');
  return error;
}

describe('requestGateway', () => {
  test('gets and posts JSON', async () => {
    const url = await serve((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () =>
        response.end(JSON.stringify({ method: request.method, path: request.url, body })),
      );
    });
    expect(await requestGateway(url, '/v1/a?b=1')).toEqual({ method: 'GET', path: '/v1/a?b=1', body: '' });
    expect(await requestGateway(url, '/v1/a', { body: { x: 1 } })).toEqual({
      method: 'POST',
      path: '/v1/a',
      body: '{"x":1}',
    });
  });

  test('an error of the gateway arrives as the same error', async () => {
    const sent = new LichenError('no-quorum', 'Too few reporters answered.', {
      got: '3 of 5',
      expected: '4 of 5',
      next: 'Try again.',
      retry: 'later',
    });
    const url = await serve((_, response) => {
      response.writeHead(503);
      response.end(JSON.stringify(sent));
    });
    const got = await refusalOf(requestGateway(url, '/v1/features', { body: {} }));
    expect(got.toJSON()).toEqual(sent.toJSON());
    expect(got.message).toBe(sent.message);
  });

  test('an error with a code outside the closed list is not passed on', async () => {
    const url = await serve((_, response) => {
      response.writeHead(500);
      response.end('{"error":"toString","message":"boo"}');
    });
    expect((await refusalOf(requestGateway(url, '/x'))).message).toMatchSnapshot();
  });

  test('HTML instead of JSON', async () => {
    const url = await serve((_, response) => response.end('<html>'));
    expect((await refusalOf(requestGateway(url, '/x'))).message).toMatchSnapshot();
  });

  test('an answer that never comes', async () => {
    const url = await serve(() => undefined);
    const error = await refusalOf(requestGateway(url, '/x', { timeoutMs: 30 }));
    expect([error.code, error.retry]).toEqual(['timeout', 'later']);
    expect(error.message).toMatchSnapshot();
  });

  test('nobody listens', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const error = await refusalOf(requestGateway(`http://127.0.0.1:${port}`, '/x'));
    expect(error.code).toBe('not-running');
    expect(error.message.replace(String(port), 'PORT')).toMatchSnapshot();
  });
});
