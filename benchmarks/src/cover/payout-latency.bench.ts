// From "the world knows" to "the money is there", on the whole embedded network with 1-second blocks: a flight that the
// record says is late is covered; the clock starts when lateness first became certain in the world, and stops when the
// holder's balance has grown.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { loadRecord } from '@lichen/node';
import { chainTimeOf } from '@lichen/protocol';
import {
  buyCover,
  createLichenClient,
  faucet,
  getBalance,
  getChainTime,
  parseAmount,
  quoteCover,
  searchFlights,
} from '@lichen/sdk';
import { privateKeyToAccount } from 'viem/accounts';
import { root } from '../support/devChain.ts';
import { printAtMost } from '../support/printBar.ts';

const lateAfterSeconds = 3_600;
const policies = 5;
const payout = parseAmount('100');
const record = loadRecord(join(root, 'applications/flight-cover/data'));
const state = mkdtempSync(join(tmpdir(), 'lichen-bench-'));
const network = spawn(
  process.execPath,
  [
    join(root, 'apps/cli/src/main.ts'),
    'up',
    '--json',
    '--no-agents',
    '--state',
    state,
    '--speed',
    '240',
    '--from',
    '2013-12-05T15:00',
  ],
  { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] },
);
try {
  const gatewayUrl = await new Promise<string>((resolve, reject) => {
    let text = '';
    network.once('exit', (code) => reject(new Error(`lichen up ended with ${code}`)));
    network.stdout.on('data', (chunk) => {
      text += chunk;
      const ready = text.split('\n').find((line) => line.includes('"gatewayUrl"') && line.endsWith('}'));
      if (ready !== undefined) resolve((JSON.parse(ready) as { gatewayUrl: string }).gatewayUrl);
    });
  });
  const config = (await (await fetch(`${gatewayUrl}/config.json`)).json()) as {
    developmentAccount: { privateKey: `0x${string}` };
  };
  const client = await createLichenClient({
    gatewayUrl,
    account: privateKeyToAccount(config.developmentAccount.privateKey),
  });
  const { world } = client.config;
  await faucet(client, { amount: parseAmount('5000') });

  const delays: number[] = [];
  while (delays.length < policies) {
    const now = await getChainTime(client);
    const flight = (
      await searchFlights(client, { from: now + 3_600 / world.speed + 5, to: now + 21_600 / world.speed })
    )
      .filter(({ row }) => record.outcomeAt(row).result === 'late')
      .sort((a, b) => a.arrivesAt - b.arrivesAt)[0];
    if (flight === undefined) {
      await setTimeout(1_000);
      continue;
    }
    const quote = await quoteCover(client, { flightId: flight.flightId, payout });
    await buyCover(client, { quote, maxPremium: payout });
    const before = await getBalance(client, {});
    // Lateness is certain at the landing, or an hour after schedule while still in the air.
    const certainRecorded = Math.min(
      record.outcomeAt(flight.row).knownAt,
      flight.scheduledArrival + lateAfterSeconds,
    );
    const certainAt = Math.max(chainTimeOf(world, certainRecorded) + 1, flight.arrivesAt);
    const deadline = Date.now() + 300_000;
    while ((await getBalance(client, {})) === before && Date.now() < deadline) await setTimeout(100);
    delays.push(Date.now() / 1_000 - certainAt);
  }
  const worst = Math.max(...delays);
  printAtMost(
    'from certain lateness in the world to money received, slowest of 5',
    Math.round(worst * 10) / 10,
    's',
    12,
    {
      all: delays.map((delay) => Math.round(delay * 10) / 10),
    },
  );
} finally {
  network.removeAllListeners('exit');
  network.kill('SIGINT');
  await new Promise((resolve) => network.once('exit', resolve));
  rmSync(state, { recursive: true, force: true });
}
