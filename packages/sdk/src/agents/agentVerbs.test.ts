import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isLichenError, LichenError, type Terms, termsAbi } from '@lichen/protocol';
import { type Address, encodeAbiParameters } from 'viem';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { LichenClient } from '../client/createLichenClient.ts';
import { agentAt } from './agentConfig.ts';
import { getAgentStatus } from './getAgentStatus.ts';
import { getEquity } from './getEquity.ts';
import { getMetrics } from './getMetrics.ts';
import { findAgent, listAgents } from './listAgents.ts';
import { pauseAgent, resumeAgent } from './pauseAgent.ts';

const address: Address = '0x00000000000000000000000000000000000000AA';
const account: Address = '0x00000000000000000000000000000000000000bb';
const terms: Terms = {
  agent: address,
  asset: account,
  validFrom: 1,
  validUntil: 2,
  period: 3,
  maxPerPeriod: 4n,
  maxCalls: 5,
  permissions: [],
  salt: `0x${'11'.repeat(32)}`,
};
const contextOf = (who: Address, of: Terms) =>
  encodeAbiParameters([{ type: 'address' }, { type: 'uint64' }, termsAbi] as const, [who, 7n, of]);
const json = {
  name: 'trading',
  title: 'The trading agent',
  label: 'play money',
  address,
  account,
  mandates: [{ context: contextOf(account, terms), from: 'for show' }],
  journal: 'test/trading',
  path: '/v1/agents/trading',
};

describe('an agent in the configuration', () => {
  test('is read with its mandates, and nothing unknown is', () => {
    expect(agentAt({ ...json, extra: 1 })).toEqual({ ...json, mandates: [terms] });
  });

  test('half of one is refused, by name', () => {
    for (const name of Object.keys(json)) {
      const { [name as keyof typeof json]: _, ...rest } = json;
      expect(() => agentAt(rest), name).toThrow(`no usable "${name}"`);
    }
  });

  test('a path that leads elsewhere is refused', () => {
    for (const path of [
      '//evil.example/x',
      'https://evil.example',
      '/',
      '',
      '/a b',
      '/\\evil.example',
      '/a?b#c',
    ]) {
      expect(() => agentAt({ ...json, path }), path).toThrow('no usable "path"');
    }
  });

  test('mandates of others, for others or of no form are refused', () => {
    for (const context of [
      contextOf(address, terms),
      contextOf(account, { ...terms, agent: account }),
      '0x',
      `0x${'ff'.repeat(64)}`,
    ]) {
      expect(() => agentAt({ ...json, mandates: [{ context }] })).toThrow('a mandate that is none');
    }
    expect(() => agentAt({ ...json, mandates: [{ terms }] })).toThrow('no usable "context"');
  });
});

describe('an agent behind a gateway', () => {
  let server: Server;
  let client: LichenClient;
  let state: unknown;
  /** Whether orders are obeyed. */
  let obeys: boolean;
  let orders: { path: string; body: string; headers: IncomingHttpHeaders }[];
  let equity: unknown;

  beforeAll(async () => {
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (part) => {
        body += part;
      });
      request.on('end', () => {
        const path = request.url!.replace('/v1/agents/trading/', '');
        const answer = (value: unknown, status = 200) => {
          response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
        };
        if (request.method === 'POST') {
          orders.push({ path, body, headers: request.headers });
          if (obeys)
            state = { ...(state as object), state: path === 'pause' ? 'paused' : 'running', reason: 'x' };
          return answer({ done: path });
        }
        if (path === 'status' && state !== undefined) return answer(state);
        if (path === 'equity') return answer(equity);
        if (path === 'metrics') return answer({ cagr: 0.1 });
        answer(new LichenError('source-unavailable', 'The agent does not answer.', { retry: 'later' }), 502);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const gatewayUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    client = { gatewayUrl, config: { agents: [agentAt(json)] } } as unknown as LichenClient;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));
  beforeEach(() => {
    state = { state: 'running', since: 5, reason: '', lastDecision: null };
    obeys = true;
    orders = [];
  });

  async function codeOf(work: Promise<unknown>) {
    try {
      await work;
    } catch (error) {
      if (isLichenError(error)) return error.code;
      throw error;
    }
    throw new Error('it did not fail');
  }

  test('is found by name, key and account', () => {
    expect(listAgents(client)).toHaveLength(1);
    for (const name of ['trading', address, account, address.toLowerCase()]) {
      expect(findAgent(client, name).name).toBe('trading');
    }
    expect(() => findAgent(client, 'Trading')).toThrow('no such agent');
  });

  test('tells its state and last decision', async () => {
    expect(await getAgentStatus(client, { agent: 'trading' })).toEqual(state);
    const last = { index: 3, leafHash: 'ab', kind: 'intent', choice: 'buy', time: 6 };
    state = {
      state: 'failed',
      since: 5,
      reason: 'disk-full',
      lastDecision: last,
      day: '2008-09-15',
      extra: 1,
    };
    expect(await getAgentStatus(client, { agent: 'trading' })).toEqual({
      state: 'failed',
      since: 5,
      reason: 'disk-full',
      lastDecision: last,
      day: '2008-09-15',
    });
    for (const broken of [
      { ...(state as object), state: 'fine' },
      { ...(state as object), lastDecision: { ...last, kind: 'x' } },
      [],
    ]) {
      state = broken;
      expect(await codeOf(getAgentStatus(client, { agent: 'trading' }))).toBe('bad-input');
    }
    state = undefined;
    expect(await codeOf(getAgentStatus(client, { agent: 'trading' }))).toBe('source-unavailable');
  });

  test('tells its equity in base units, and its figures', async () => {
    const point = { at: 1, day: '2008-09-15', index: 2, kind: 'intent', choice: 'buy' };
    const amounts = { cash: '1', shares: '2', price: '3', equity: '90071992547409930', hold: '5' };
    equity = { unit: 'pUSD base units', points: [{ ...point, ...amounts }] };
    expect(await getEquity(client, { agent: 'trading' })).toEqual({
      unit: 'pUSD base units',
      points: [{ ...point, cash: 1n, shares: 2n, price: 3n, equity: 90_071_992_547_409_930n, hold: 5n }],
    });
    equity = { unit: 'pUSD', points: [{ ...point, ...amounts, cash: 1.5 }] };
    expect(await codeOf(getEquity(client, { agent: 'trading' }))).toBe('bad-input');
    expect(await getMetrics(client, { agent: 'trading' })).toEqual({ cagr: 0.1 });
  });

  test('is paused and resumed with a reason, and asked whether it is', async () => {
    expect((await pauseAgent(client, { agent: 'trading', reason: 'lunch' })).state).toBe('paused');
    expect((await resumeAgent(client, { agent: 'trading', reason: 'back' })).state).toBe('running');
    expect(orders.map(({ path, body }) => [path, body])).toEqual([
      ['pause', '{"reason":"lunch"}'],
      ['resume', '{"reason":"back"}'],
    ]);
    expect(orders[0]!.headers).toMatchObject({ 'lichen-console': '1', 'content-type': 'application/json' });
  });

  test('one that says yes and goes on is not called paused', async () => {
    obeys = false;
    expect(await codeOf(pauseAgent(client, { agent: 'trading', reason: 'lunch' }))).toBe('internal');
    for (const reason of ['', '  ', 'x'.repeat(401)]) {
      expect(await codeOf(pauseAgent(client, { agent: 'trading', reason }))).toBe('bad-input');
    }
    expect(orders).toHaveLength(1);
  });
});
