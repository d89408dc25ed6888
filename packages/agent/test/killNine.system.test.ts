import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { useMandate } from '@lichen/sdk';
import { encodeFunctionData, erc20Abi, keccak256, toHex } from 'viem';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkHistory } from './support/checkHistory.ts';
import { killAgents } from './support/killAgents.ts';
import { type MandateChain, shop, startMandateChain } from './support/mandateChain.ts';
import { openTestAgent, openTestLog } from './support/testAgent.ts';

let chain: MandateChain;
const folder = mkdtempSync(join(tmpdir(), 'lichen-kill-'));
beforeAll(async () => {
  chain = await startMandateChain();
});
afterAll(async () => {
  await chain?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('forty deaths: nothing unrecorded acts, nothing acts twice, nothing stays open', async () => {
  const killing = await killAgents(chain, join(folder, 'forty'), { kills: 40, seed: 4 });
  for (const { faults } of killing.histories) expect(faults).toEqual([]);
  expect(killing.kills).toBeGreaterThanOrEqual(40);
  // It was no game of names: agents died in the middle of acts, and acts came through all the same.
  expect(Object.keys(killing.deaths).length).toBeGreaterThan(8);
  for (const { settled, transactions } of killing.histories) {
    expect(settled).toBeGreaterThan(0);
    expect(transactions).toBe(settled);
  }
});

test('the comparison finds what it is there to find', async () => {
  const { mandate, ...place } = await chain.newAgent();
  const journal = join(folder, 'rogue');
  const decisions = await openTestLog(place, journal);
  const agent = await openTestAgent(place, decisions);
  await agent.start();
  const outcome = await agent.step();
  await agent.stop();
  await decisions.close();
  const clean = await checkHistory(chain.chain, place, journal);
  expect(clean).toMatchObject({ faults: [], settled: 1, transactions: 1 });

  // Whoever has the key acts with it beside the agent: once under no intent, once again under the agent's own.
  for (const intent of [keccak256(toHex('nothing')), `0x${outcome!.decision.refersTo}` as const]) {
    const data = encodeFunctionData({ abi: erc20Abi, functionName: 'transfer', args: [shop, 5n] });
    await useMandate(chain.clientOf(place.agentKey), {
      account: place.account,
      terms: mandate,
      calls: [{ to: place.config.addresses.playDollar, data }],
      intent,
    });
  }
  const faults = (await checkHistory(chain.chain, place, journal)).faults.join('\n');
  expect(faults).toMatch(/has no intent in the journal/);
  expect(faults).toMatch(/was acted 2 times/);
  expect(faults).toMatch(/the account has/);
});
