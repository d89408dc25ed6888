import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { LichenClient } from '@lichen/sdk';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listAgentsCommand, orderAgentCommand, showAgentCommand } from './agents.ts';

const since = Date.UTC(2026, 0, 2, 3, 4, 5);
let server: Server;
let client: LichenClient;
let state = 'running';

beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url?.includes('/silent/')) {
      const body = { error: 'source-unavailable', message: 'The agent does not answer.', retry: 'later' };
      response.writeHead(502).end(JSON.stringify(body));
      return;
    }
    if (request.method === 'POST') {
      state = request.url?.endsWith('pause') ? 'paused' : 'running';
      response.end('{}');
      return;
    }
    const lastDecision = {
      index: 7,
      leafHash: 'ab',
      kind: 'intent',
      choice: 'buy \u001b[31mred',
      time: since,
    };
    response.end(
      JSON.stringify({
        state,
        since,
        reason: state === 'paused' ? 'lunch' : '',
        lastDecision,
        day: '2008-09-15',
      }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const agent = (name: string) => ({
    name,
    title: 'Trading agent',
    label: 'play money, recorded prices',
    address: `0x${'aa'.repeat(20)}`,
    account: `0x${'bb'.repeat(20)}`,
    mandates: [],
    journal: 'test/trading',
    path: `/v1/agents/${name}`,
  });
  const gatewayUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  client = {
    gatewayUrl,
    config: {
      agents: [agent('trading'), agent('silent')],
      journals: [{ origin: 'x' }, { origin: 'test/trading' }],
    },
  } as unknown as LichenClient;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

test('lists agents; one that is down does not hide the others, and no word of theirs steers the terminal', async () => {
  const { text, json } = await listAgentsCommand(client);
  expect(text).toContain('no answer');
  expect(text).toContain('7 intent, buy  [31mred');
  expect(text).not.toContain('\u001b');
  expect(json).toMatchObject([{ status: { state: 'running' } }, { status: { error: 'source-unavailable' } }]);
  const none = { ...client, config: { ...client.config, agents: [] } };
  expect((await listAgentsCommand(none)).text).toBe('This network runs no agents.');
});

test('pauses and resumes, and shows what the agent then says', async () => {
  const paused = await orderAgentCommand(client, 'pause', { agent: 'trading', reason: 'lunch' });
  expect(paused.text).toBe(
    'trading is paused since 2026-01-02 03:04:05 UTC: it signs nothing new, and its journal says why.',
  );
  expect((await showAgentCommand(client, 'trading')).text).toMatchInlineSnapshot(`
    "Trading agent (trading): paused since 2026-01-02 03:04:05 UTC
    play money, recorded prices

      because   lunch
      day       2008-09-15
      key       0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
      acts for  0xbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb, 0 mandates
      journal   2, test/trading
      decided   entry 7, intent, 2026-01-02 03:04:05 UTC: buy  [31mred"
  `);
  const resumed = await orderAgentCommand(client, 'resume', {
    agent: `0x${'bb'.repeat(20)}`,
    reason: 'back',
  });
  expect(resumed.json).toMatchObject({ agent: 'trading', status: { state: 'running' } });
  await expect(showAgentCommand(client, 'nobody')).rejects.toThrow('no such agent');
});
