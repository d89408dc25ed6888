import type { FlightResult } from '@lichen/protocol';
import {
  faucet,
  getBalance,
  getNetwork,
  getPolicy,
  getPool,
  listPolicies,
  type Policy,
  parseAmount,
} from '@lichen/sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buyOnFlightThat } from './support/buyOnFlightThat.ts';
import { type RunningNetwork, startNetwork, until } from './support/network.ts';

const payout = parseAmount('200');
let network: RunningNetwork;

function settled(policyId: `0x${string}`, speed: number): Promise<Policy> {
  return until(`policy ${policyId} to settle`, 30_000 + (14 * 3_600_000) / speed, async () => {
    const policy = await getPolicy(network.client, { policyId });
    return policy.state === 'live' ? undefined : policy;
  });
}

beforeAll(async () => {
  network = await startNetwork({ speed: 360, from: '2013-12-05T15:00' });
  await faucet(network.client, { amount: parseAmount('5000') });
});
afterAll(() => network?.stop());

describe('flight delay cover, end to end on recorded flights', () => {
  test('every process is up', async () => {
    const processes = await getNetwork(network.client);
    expect(processes.processes.filter(({ state }) => state === 'running').map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'chain',
        'keeper',
        'gateway',
        'weather',
        'reporter-1',
        'reporter-5',
        'source-1',
        'source-3',
      ]),
    );
  });

  test('late and cancelled flights pay, an on-time flight closes, with nobody acting', async () => {
    const expected: [FlightResult, Policy['state']][] = [
      ['late', 'paid'],
      ['cancelled', 'paid'],
      ['on-time', 'closed'],
    ];
    const before = await getBalance(network.client, {});
    // One after the other, since one account signs; all three then fly at the same time.
    const bought: Awaited<ReturnType<typeof buyOnFlightThat>>[] = [];
    for (const [ends] of expected) bought.push(await buyOnFlightThat(network, ends, payout));
    for (const { quote } of bought) {
      expect(
        quote.contributions.reduce((sum, { probabilityPpm }) => sum + probabilityPpm, quote.baselinePpm),
      ).toBe(quote.parts.probabilityPpm);
    }
    const policies = await Promise.all(
      bought.map(({ policyId }) => settled(policyId, network.client.config.world.speed)),
    );
    expect(policies.map(({ state }) => state)).toEqual(expected.map(([, state]) => state));
    const premiums = policies.reduce((sum, { parts }) => sum + parts.premium, 0n);
    expect((await getBalance(network.client, {})) - before).toBe(2n * payout - premiums);
  });

  test('the pool holds what it owes', async () => {
    const pool = await getPool(network.client);
    expect(pool.totalAssets).toBeGreaterThanOrEqual(pool.totalReserved);
  });

  test('kill -9 of everything: the same chain comes back, and a policy bought before is settled after', async () => {
    const { policyId } = await buyOnFlightThat(network, 'late', payout);
    const before = await listPolicies(network.client);
    await network.killAll();
    network = await startNetwork({ stateDir: network.stateDir, speed: 360 });
    expect((await listPolicies(network.client)).map((policy) => policy.policyId)).toEqual(
      before.map((policy) => policy.policyId),
    );
    const policy = await settled(policyId, network.client.config.world.speed);
    expect(policy.state).toBe('paid');
  });

  test('the command line tells the same', async () => {
    const { code, stdout } = await network.lichen('cover', 'list', '--everybody');
    expect(code).toBe(0);
    const listed = JSON.parse(stdout) as { policies: { policyId: string }[] };
    expect(listed.policies.map(({ policyId }) => policyId).sort()).toEqual(
      (await listPolicies(network.client)).map(({ policyId }) => policyId).sort(),
    );
  });
});
