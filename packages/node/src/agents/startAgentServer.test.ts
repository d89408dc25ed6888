import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DecisionLog, openDecisionLog } from '@lichen/journal';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ServedPart } from '../world/statusSource.ts';
import { startAgentServer } from './startAgentServer.ts';

const controlToken = 'ab'.repeat(32);
const folder = mkdtempSync(join(tmpdir(), 'agent-server-'));
const told: string[] = [];
let decisions: DecisionLog;
let server: ServedPart;

beforeAll(async () => {
  decisions = await openDecisionLog({
    folder,
    origin: 'test',
    secretKey: new Uint8Array(32).fill(7),
    agent: 'eip155:1:0x0000000000000000000000000000000000000001',
    checkpointEveryMs: 0,
  });
  server = await startAgentServer({
    port: 0,
    decisions,
    folder,
    controlToken,
    views: { status: () => ({ state: 'running' }) },
    orders: {
      pause: async (reason) => {
        told.push(reason);
      },
    },
  });
});
afterAll(async () => {
  await server.stop();
  await decisions.close();
  rmSync(folder, { recursive: true });
});

const order = (headers: Record<string, string>, body: string = JSON.stringify({ reason: 'lunch' })) =>
  fetch(`${server.url}/pause`, { method: 'POST', headers, body });

test('what it shows is for everybody on this machine', async () => {
  const answer = await fetch(`${server.url}/status`);
  expect(await answer.json()).toEqual({ state: 'running' });
  expect((await fetch(`${server.url}/journal/checkpoint`)).status).toBe(404);
});

test('an order wants the control token, whole and exact, and a reason', async () => {
  expect((await order({})).status).toBe(403);
  expect((await order({ 'lichen-control': controlToken.slice(2) })).status).toBe(403);
  expect((await order({ 'lichen-control': `${controlToken.slice(0, -1)}c` })).status).toBe(403);
  expect((await order({ 'lichen-control': controlToken }, '{}')).status).toBe(400);
  expect((await order({ 'lichen-control': controlToken }, 'no JSON')).status).toBe(400);
  expect(told).toEqual([]);
  expect((await order({ 'lichen-control': controlToken })).status).toBe(200);
  expect(told).toEqual(['lunch']);
});

test('neither a foreign page nor a foreign name reaches it', async () => {
  expect((await order({ 'lichen-control': controlToken, origin: 'http://evil.example' })).status).toBe(403);
  // fetch sets Host itself.
  const { port } = new URL(server.url);
  const status = await new Promise((resolve) => {
    request({ host: '127.0.0.1', port, path: '/status', headers: { host: 'evil.example' } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    }).end();
  });
  expect(status).toBe(403);
  expect(told).toEqual(['lunch']);
});
