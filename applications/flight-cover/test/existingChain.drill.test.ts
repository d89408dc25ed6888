import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createLichenClient,
  faucet,
  getBalance,
  getPolicy,
  type LichenClient,
  parseAmount,
} from '@lichen/sdk';
import type { Address, Hex } from 'viem';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buyOnFlightThat } from './support/buyOnFlightThat.ts';
import { until } from './support/network.ts';
import { type PlainChain, startPlainChain } from './support/plainChain.ts';

const command = join(import.meta.dirname, '../../../apps/cli/src/main.ts');
const state = mkdtempSync(join(tmpdir(), 'lichen-existing-'));
const payout = parseAmount('100');
const deployerKey = generatePrivateKey();
const deployer = privateKeyToAccount(deployerKey).address;
const buyerKey = generatePrivateKey();
const buyer = privateKeyToAccount(buyerKey);

let chain: PlainChain;
let up: ChildProcess | undefined;

function lichen(args: readonly string[], environment: Record<string, string>): ChildProcess {
  return spawn(process.execPath, ['--disable-warning=ExperimentalWarning', command, ...args, '--json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, LICHEN_PRIVATE_KEY: '', LICHEN_DEPLOYER_KEY: '', ...environment },
  });
}

/** What a command prints, which must end well. */
async function outputOf(child: ChildProcess): Promise<string> {
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]!.on('data', (part) => {
      said[name] += part;
    });
  }
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw Object.assign(new Error(said.stderr), { code });
  return said.stdout;
}

/** Runs a command that must fail, and returns what it says. */
async function refusal(args: readonly string[], environment: Record<string, string> = {}) {
  const failure = await outputOf(lichen(args, environment)).then(
    (text) => new Error(`It did not fail: ${text}`),
    (error: Error) => error,
  );
  return JSON.parse(failure.message) as { error: string; message: string; got?: string; next?: string };
}

interface Started {
  readonly client: LichenClient;
  readonly addresses: Readonly<Record<string, Address>>;
}

/** A port that is free now: others on this machine may take the usual ones while we start. */
async function freePort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return String(port);
}

async function startUp(): Promise<Started> {
  const world = ['--speed', '1200', '--from', '2013-12-05T15:00'];
  const args = ['up', '--state', state, '--port', await freePort(), ...world];
  const child = lichen([...args, '--rpc', chain.url, '--chain-id', String(chain.chainId)], {
    LICHEN_DEPLOYER_KEY: deployerKey,
  });
  up = child;
  let output = '';
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.on('data', (part) => {
      output += part;
    });
  }
  const line = await until('the network', 180_000, async () => {
    if (child.exitCode !== null) throw new Error(output);
    return output.split('\n').find((text) => text.startsWith('{"ready":true'));
  });
  const { gatewayUrl, addresses } = JSON.parse(line) as {
    gatewayUrl: string;
    addresses: Started['addresses'];
  };
  return { client: await createLichenClient({ gatewayUrl, account: buyer }), addresses };
}

async function stopUp(): Promise<void> {
  const child = up;
  up = undefined;
  if (child === undefined || child.exitCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGINT');
  await ended;
}

function settled(client: LichenClient, policyId: Hex) {
  return until(`policy ${policyId} to settle`, 120_000, async () => {
    const policy = await getPolicy(client, { policyId });
    return policy.state === 'live' ? undefined : policy.state;
  });
}

beforeAll(async () => {
  chain = await startPlainChain(77_123);
});
afterAll(async () => {
  await stopUp();
  await chain?.stop();
  rmSync(state, { recursive: true, force: true });
});

test('what cannot work is refused before anything is sent, and says what to do', async () => {
  const target = ['up', '--state', state, '--rpc', chain.url, '--chain-id'];
  const right = String(chain.chainId);
  const ours = { LICHEN_DEPLOYER_KEY: deployerKey };
  const [otherChain, poor] = await Promise.all([
    refusal([...target.with(2, `${state}-other`), '1'], ours),
    refusal([...target.with(2, `${state}-poor`), right], ours),
  ]);
  expect(otherChain).toMatchObject({ error: 'wrong-chain', got: `chain id ${right}` });
  expect(poor).toMatchObject({ error: 'too-little-money', next: expect.stringContaining(deployer) });
  expect(await chain.sentBy(deployer)).toBe(0);
  for (const end of ['other', 'poor']) rmSync(`${state}-${end}`, { recursive: true, force: true });
});

test('contracts are put on the chain once; cover is bought, survives a cut line and a restart, and pays', async () => {
  await chain.give(deployer, '5');
  const first = await startUp();
  for (const [name, address] of Object.entries(first.addresses)) {
    expect(await chain.codeAt(address), name).not.toBe('0x');
  }
  // What the screen and the state folder show of the chain holds no key.
  expect(readFileSync(join(state, 'run.json'), 'utf8')).not.toContain(deployerKey.slice(2));

  // No development account here. A person makes an account, whose gas the sponsor pays; a program with a key of its own
  // needs ether, and is told where to.
  expect((await refusal(['cover', 'faucet', '--state', state])).next).toContain('lichen account create');
  const made = await outputOf(lichen(['account', 'create', '--state', state], {}));
  expect(await chain.codeAt((JSON.parse(made) as { account: Address }).account)).not.toBe('0x');
  await expect(faucet(first.client, { amount: parseAmount('5000') })).rejects.toMatchObject({
    code: 'too-little-money',
    next: expect.stringContaining(buyer.address),
  });
  await chain.give(buyer.address, '1');
  await faucet(first.client, { amount: parseAmount('5000') });

  const paid = await buyOnFlightThat(first, 'late', payout);
  const before = await getBalance(first.client, {});
  await chain.cut();
  // Long enough for each part of the network to meet the dead line, and for a round to fail.
  await new Promise((resolve) => setTimeout(resolve, 4_000));
  await chain.mend();
  expect(await settled(first.client, paid.policyId)).toBe('paid');
  expect((await getBalance(first.client, {})) - before).toBe(payout);

  const open = await buyOnFlightThat(first, 'late', payout);
  await stopUp();
  const sent = await chain.sentBy(deployer);
  const second = await startUp();
  expect(second.addresses).toEqual(first.addresses);
  expect(await chain.sentBy(deployer)).toBe(sent);
  expect(await settled(second.client, open.policyId)).toBe('paid');
});
