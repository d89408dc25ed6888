import { createServer, type IncomingMessage } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { agentForward, isOrderFromHere } from './agentForward.ts';

const asked: { path: string; control: string | undefined; body: string }[] = [];
async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}
const server = createServer(async (request, response) => {
  const control = request.headers['lichen-control'];
  asked.push({ path: request.url!, control: control as string | undefined, body: await bodyOf(request) });
  response.setHeader('set-cookie', 'a=b');
  response.end('{"state":"running"}');
});
let url: string;
beforeEach(async () => {
  asked.length = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
});
afterEach(() => new Promise((resolve) => server.close(resolve)));
const agent = () => ({ name: 'trading', url, controlToken: 'word' });

test('questions go on without the control token, orders with it', async () => {
  const answer = await agentForward(agent(), { method: 'GET', path: 'status' });
  expect(await answer.json()).toEqual({ state: 'running' });
  expect(answer.headers.get('set-cookie')).toBeNull();
  await agentForward(agent(), { method: 'POST', path: 'pause', body: '{"reason":"lunch"}' });
  expect(asked).toEqual([
    { path: '/status', control: undefined, body: '' },
    { path: '/pause', control: 'word', body: '{"reason":"lunch"}' },
  ]);
});

test('nothing else is passed on', async () => {
  for (const request of [
    { method: 'GET', path: 'pause' },
    { method: 'POST', path: 'status' },
    { method: 'GET', path: '../journal/checkpoint' },
    { method: 'GET', path: 'status?x=1' },
    { method: 'GET', path: '' },
  ] as const)
    await expect(agentForward(agent(), request)).rejects.toMatchObject({ code: 'not-found' });
  await expect(agentForward(undefined, { method: 'GET', path: 'status' })).rejects.toMatchObject({
    code: 'not-found',
  });
  expect(asked).toEqual([]);
});

test('an agent that is away is named with a way out', async () => {
  await expect(
    agentForward({ ...agent(), url: 'http://127.0.0.1:1' }, { method: 'GET', path: 'status' }),
  ).rejects.toMatchObject({ code: 'source-unavailable', retry: 'later' });
});

test('orders come from the console or a program, never from another page', () => {
  const good = {
    host: '127.0.0.1:8680',
    origin: 'http://127.0.0.1:8680',
    console: '1',
    contentType: 'application/json',
  };
  expect(isOrderFromHere(good)).toBe(true);
  expect(isOrderFromHere({ ...good, origin: undefined })).toBe(true);
  expect(isOrderFromHere({ ...good, contentType: 'application/json; charset=utf-8' })).toBe(true);
  for (const change of [
    { origin: 'http://127.0.0.1:9999' },
    { origin: 'http://localhost:8680' },
    { origin: 'null' },
    { origin: 'https://evil.example' },
    { console: undefined },
    { console: '0' },
    { contentType: 'text/plain' },
    { contentType: undefined },
    { host: undefined },
  ])
    expect(isOrderFromHere({ ...good, ...change }), JSON.stringify(change)).toBe(false);
});
