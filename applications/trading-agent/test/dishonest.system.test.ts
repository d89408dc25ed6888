// An agent that breaks its word in each way that it can be told to, and the audit that names it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { Misbehaviour } from '../src/serve/misbehave.ts';
import type { AgentStateBody } from './support/agentBodies.ts';
import { faultsOf, type ServedAgent, serveAgent } from './support/servedAgent.ts';
import { bars, startTradingChain, type TradingChain } from './support/tradingChain.ts';

const first = bars.findIndex(([day]) => day === '2011-07-11');
let world: TradingChain | undefined;
let agent: ServedAgent | undefined;
let folder: string;

async function start(how: Misbehaviour): Promise<ServedAgent> {
  folder = mkdtempSync(join(tmpdir(), 'lichen-dishonest-'));
  world = await startTradingChain(first);
  agent = await serveAgent(world, folder, { misbehave: how });
  const status = await agent.get<AgentStateBody>('status');
  expect(status.reason).toBe(`MISBEHAVING ON PURPOSE: ${how}`);
  return agent;
}
/** Lives days until the chain shows so many acts: an order that a busy machine let pass is wanted again the next day. */
async function liveUntilActs(served: ServedAgent, count: number): Promise<void> {
  for (let index = first; index < first + 8; index += 1) {
    await served.live(index);
    if ((await served.actsOnChain()).length >= count) return;
  }
  throw new Error('the agent did not act');
}
afterEach(async () => {
  await agent?.stop();
  await world?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('an act that no decision tells of is named', async () => {
  const served = await start('unrecorded');
  await liveUntilActs(served, 2);
  const report = await served.audit();
  expect(faultsOf(report)).toContain('act-without-intent');
  const named = report.findings.filter(({ code }) => code === 'act-without-intent');
  expect(named.length).toBeGreaterThan(0);
});

test('a reason that was written after the act is named', async () => {
  const served = await start('rewrite');
  await liveUntilActs(served, 1);
  const report = await served.audit();
  expect(faultsOf(report)).toContain('act-without-intent');
  expect(report.isClean).toBe(false);
});

test('more than the mandate allows is refused by it, and the attempt is on record', async () => {
  const served = await start('overspend');
  await served.live(first);
  const report = await served.audit();
  expect(await served.actsOnChain()).toEqual([]);
  expect(report.counts.kinds.intent).toBe(0);
  expect(report.isClean).toBe(true);
  const [point] = await served.points();
  expect([point!.kind, point!.choice]).toEqual(['refusal', expect.stringMatching(/^buy: /)]);
});

test('an outcome that is kept out of the journal is named', async () => {
  const served = await start('hide-outcome');
  await liveUntilActs(served, 1);
  const report = await served.audit({ deadlineMs: 0, now: () => Date.now() + 1_000 });
  expect(faultsOf(report)).toContain('intent-without-outcome');
});
