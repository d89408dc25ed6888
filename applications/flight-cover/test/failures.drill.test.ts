import { setTimeout as pause } from 'node:timers/promises';
import { faucet, getBalance, getChainTime, getPolicy, parseAmount, quoteCover } from '@lichen/sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buyOnFlightThat, flightsOnSaleThat } from './support/buyOnFlightThat.ts';
import { type RunningNetwork, startNetwork, until } from './support/network.ts';
import { setSourceMode } from './support/setSourceMode.ts';

const payout = parseAmount('100');
let network: RunningNetwork;

async function buyLate(): Promise<`0x${string}`> {
  return (await buyOnFlightThat(network, 'late', payout)).policyId;
}

function paid(policyId: `0x${string}`): Promise<unknown> {
  return until(`policy ${policyId} to be paid`, 180_000, async () =>
    (await getPolicy(network.client, { policyId })).state === 'paid' ? true : undefined,
  );
}

/** Stops processes without ending them, as a machine does that swaps or loses its network. */
async function freeze(...names: string[]): Promise<() => void> {
  const ids = await network.processIds();
  const pids = names.map((name) => ids.get(name)!);
  for (const pid of pids) process.kill(pid, 'SIGSTOP');
  return () => {
    for (const pid of pids) process.kill(pid, 'SIGCONT');
  };
}

beforeAll(async () => {
  network = await startNetwork({ speed: 360, from: '2013-12-05T15:00' });
  await faucet(network.client, { amount: parseAmount('5000') });
});
afterAll(() => network?.stop());

describe('when things go wrong on a whole network', () => {
  test('two of five reporters hang: nothing new is sold; they come back: what is owed is paid', async () => {
    const policyId = await buyLate();
    const before = await getBalance(network.client, {});
    const thaw = await freeze('reporter-1', 'reporter-2');
    try {
      const { flightId } = await until(
        'a flight',
        60_000,
        async () => (await flightsOnSaleThat(network, 'late'))[0],
      );
      await expect(quoteCover(network.client, { flightId, payout })).rejects.toMatchObject({
        name: 'LichenError',
        code: 'no-quorum',
      });
    } finally {
      thaw();
    }
    await paid(policyId);
    expect((await getBalance(network.client, {})) - before).toBe(payout);
  });

  test('all sources die: no answer is invented; two come back: it is paid', async () => {
    const policyId = await buyLate();
    for (const index of [0, 1, 2]) await setSourceMode(network, index, 'dead');
    const { flight } = await getPolicy(network.client, { policyId });
    await until('an hour after schedule', 120_000, async () =>
      (await getChainTime(network.client)) > flight.arrivesAt + 3_600 / 360 + 3 ? true : undefined,
    );
    expect((await getPolicy(network.client, { policyId })).state).toBe('live');
    await setSourceMode(network, 0, 'honest');
    await setSourceMode(network, 1, 'honest');
    await paid(policyId);
    await setSourceMode(network, 2, 'honest');
  });

  test('two of three sources lag: the answer waits for them and is right', async () => {
    await setSourceMode(network, 0, 'lag');
    await setSourceMode(network, 1, 'lag');
    try {
      await paid(await buyLate());
    } finally {
      await setSourceMode(network, 0, 'honest');
      await setSourceMode(network, 1, 'honest');
    }
  });

  test('the chain is out of reach for a minute: nothing is lost, and it is paid after', async () => {
    const policyId = await buyLate();
    const before = await getBalance(network.client, {});
    const thaw = await freeze('chain');
    await pause(60_000);
    thaw();
    await paid(policyId);
    expect((await getBalance(network.client, {})) - before).toBe(payout);
  });

  test('keeper and gateway killed with -9 come back by themselves, and a payout is neither lost nor doubled', async () => {
    const policyId = await buyLate();
    const before = await getBalance(network.client, {});
    const ids = await network.processIds();
    for (const name of ['keeper', 'gateway', 'reporter-3']) process.kill(ids.get(name)!, 'SIGKILL');
    await until('the gateway', 60_000, async () =>
      (await network.processIds()).size > 0 ? true : undefined,
    );
    await paid(policyId);
    expect((await getBalance(network.client, {})) - before).toBe(payout);
  });
});
