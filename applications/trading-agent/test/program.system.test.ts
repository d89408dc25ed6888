// The program itself, as the supervisor and the command line run it.
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseRunFile } from '../src/report/runFile.ts';
import { until } from './support/servedAgent.ts';
import { bars, startTradingChain, type TradingChain } from './support/tradingChain.ts';

const main = join(import.meta.dirname, '../src/main.ts');
const first = bars.findIndex(([day]) => day === '2011-07-11');
const folder = mkdtempSync(join(tmpdir(), 'lichen-program-'));
let world: TradingChain;
let gateway: Server;
let gatewayUrl: string;

/** What a paper run asks of a gateway: its configuration, the chain, the market. */
function startGateway(): Server {
  const { client, chain, marketUrl } = world;
  const config = { ...client.config, rpcPath: '/rpc' };
  return createServer(async (request, response) => {
    if (request.url === '/config.json') {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(config));
      return;
    }
    const isChain = request.url === '/rpc';
    const answer = await fetch(isChain ? chain.url : `${marketUrl}${request.url}`, {
      method: request.method!,
      ...(isChain ? { body: await text(request), headers: { 'content-type': 'application/json' } } : {}),
    });
    const signature = answer.headers.get('lichen-signature');
    response.writeHead(answer.status, signature === null ? {} : { 'lichen-signature': signature });
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
}

beforeAll(async () => {
  world = await startTradingChain(first);
  gateway = startGateway();
  await new Promise<void>((resolve) => gateway.listen(0, '127.0.0.1', resolve));
  gatewayUrl = `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`;
});
afterAll(async () => {
  gateway?.closeAllConnections();
  gateway?.close();
  await world?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const ended = (child: ChildProcess) =>
  child.exitCode !== null
    ? Promise.resolve(child.exitCode)
    : new Promise<number | null>((resolve) => child.once('exit', resolve));

/** Runs the program to its end. */
async function run(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended(child)]);
  return { code, out, err };
}

describe('the program', () => {
  test('trades on paper beside the market, moves nothing, and its report comes out again', async () => {
    const out = join(folder, 'paper');
    const args = ['paper', '--gateway', gatewayUrl, '--days', '3', '--cash', '10000', '--out', out];
    const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    child.stderr.on('data', (part) => {
      said += String(part);
    });
    const whole = text(child.stdout);
    const before = await world.client.chain.getBlockNumber();
    let moves = 0n;
    for (let index = first; index < first + 3; index += 1) {
      const from = await world.client.chain.getBlockNumber();
      await world.enter(index, 'open');
      moves += (await world.client.chain.getBlockNumber()) - from;
      await until(async () => said.includes(`${bars[index]![0]}: `));
    }
    expect(await ended(child)).toBe(0);
    // Every block of these days is the market's own: the paper agent sent nothing.
    expect((await world.client.chain.getBlockNumber()) - before).toBe(moves);
    expect(await whole).toContain('Paper run: recorded prices, play money');
    const file = parseRunFile(readFileSync(join(out, 'metrics.json'), 'utf8'));
    expect([file.mode, file.summary.decidedDays]).toEqual(['paper', 3]);
    expect(file.summary.orders).toBeGreaterThan(0);

    const honest = await run('report', out, '--replay', 'all', '--json');
    const report = JSON.parse(honest.out) as { isClean: boolean; replayed: object; findings: object[] };
    expect([honest.code, report.isClean, report.findings]).toEqual([0, true, []]);
    expect(report.replayed).toEqual({ asked: 3, gradeA: 3 });

    const finalBalance = file.summary.finalBalance + 1_000;
    writeFileSync(
      join(out, 'metrics.json'),
      JSON.stringify({ ...file, summary: { ...file.summary, finalBalance } }),
    );
    const better = await run('report', out);
    expect(better.code).toBe(1);
    expect(better.out).toContain('figure-differs: finalBalance: the run says');
  });

  test('backtests a few days, and looks ahead on none', async () => {
    const out = join(folder, 'backtest');
    const span = ['--from', '2011-07-11', '--days', '8'];
    const backtest = await run('backtest', ...span, '--out', out, '--html', '--json');
    expect(backtest.code, backtest.err).toBe(0);
    expect(JSON.parse(backtest.out)).toMatchObject({ mode: 'backtest', warning: null });
    expect(readFileSync(join(out, 'equity.html'), 'utf8')).toContain('Recorded prices, play money');
    expect((await run('report', out)).code).toBe(0);
    const lookahead = await run('lookahead', ...span, '--json');
    expect([lookahead.code, JSON.parse(lookahead.out).isClean]).toEqual([0, true]);
    // A folder of something else is not cleared.
    const paper = join(folder, 'paper');
    const refused = await run('backtest', ...span, '--out', paper);
    expect([refused.code, refused.err]).toEqual([
      1,
      expect.stringContaining('something else than a finished backtest'),
    ]);
    expect((await run('trade')).err).toContain('no such mode');
  });

  test('serves as a child of a supervisor: init over IPC, ready on its output, ends in order', async () => {
    const { chain, market, agentKey, account, exported, marketUrl } = world;
    const child = fork(main, ['serve'], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    let out = '';
    child.stdout!.on('data', (part) => {
      out += String(part);
    });
    child.send({
      name: 'trading',
      privateKey: agentKey,
      rpcUrl: chain.url,
      chainId: chain.chainId,
      addresses: chain.client.addresses,
      accounts: chain.client.config.accounts,
      market,
      marketUrl,
      account,
      mandates: exported,
      stateDir: join(folder, 'served'),
      port: 0,
      controlToken: 'ab'.repeat(32),
      witnesses: [],
      fromBlock: 0,
      misbehave: 'overspend',
    });
    const ready = await until(async () => /\{"ready":true.*\}/.exec(out)?.[0]);
    const { url } = JSON.parse(ready) as { url: string };
    const status = (await (await fetch(`${url}/status`)).json()) as { state: string; reason: string };
    expect([status.state, status.reason]).toEqual(['running', 'MISBEHAVING ON PURPOSE: overspend']);
    expect(out).toContain('{"event":"MISBEHAVING ON PURPOSE: overspend"}');
    child.kill('SIGTERM');
    expect(await ended(child)).toBe(0);
  });
});
