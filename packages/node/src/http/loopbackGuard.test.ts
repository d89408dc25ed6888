import { request } from 'node:http';
import { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loopbackGuard } from './loopbackGuard.ts';
import { type Served, serve } from './serve.ts';

let served: Served;
beforeAll(async () => {
  const app = new Hono();
  app.use(loopbackGuard());
  app.get('/', (context) => context.text('in'));
  served = await serve(app);
});
afterAll(() => served.close());

function statusFor(headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const call = request({ host: '127.0.0.1', port: served.port, headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    call.on('error', reject);
    call.end();
  });
}

describe('loopbackGuard', () => {
  test.each([
    ['localhost', undefined],
    ['127.0.0.1:8545', undefined],
    ['[::1]:8545', 'http://[::1]:5173'],
    ['LOCALHOST:80', 'http://localhost:5173'],
    ['127.0.0.1', 'https://127.0.0.1'],
  ])('lets Host %s with Origin %s in', async (host, origin) => {
    expect(await statusFor(origin === undefined ? { host } : { host, origin })).toBe(200);
  });

  test.each([
    ['evil.example', undefined],
    ['127.0.0.1.evil.example', undefined],
    ['localhost.evil.example:8545', undefined],
    ['evil.example@localhost', undefined],
    ['localhost', 'https://evil.example'],
    ['localhost', 'https://localhost.evil.example'],
    ['localhost', 'null'],
    ['localhost', 'file://'],
    ['localhost', 'https://evil.example/http://localhost'],
  ])('keeps Host %s with Origin %s out', async (host, origin) => {
    // 400: a host that is no host name is refused before the guard sees it.
    expect([400, 403]).toContain(await statusFor(origin === undefined ? { host } : { host, origin }));
  });

  test('says that a port is in use', async () => {
    await expect(serve(new Hono(), served.port)).rejects.toMatchObject({ code: 'port-in-use' });
  });
});
