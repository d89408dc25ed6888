import { chmodSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Device,
  getBalance,
  getChainTime,
  listPolicies,
  type Mandate,
  parseAmount,
  quoteCover,
  searchFlights,
} from '@lichen/sdk';
import type { Address, Hex } from 'viem';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningNetwork, startNetwork, until } from '../../flight-cover/test/support/network.ts';
import { type CommandLine, commandLine } from './support/commandLine.ts';

/** Each command is a process of its own, and a drill is dozens of them: far above what a busy machine needs. */
const drill = { timeout: 900_000 };

let network: RunningNetwork;
let owner: CommandLine;
let account: Address;

interface Sent {
  readonly transaction: Hex;
}

/**
 * A flight that is sold now and for two minutes more, however slow the machine: sales open six recorded hours before
 * departure and close one before. Some flights are too likely to be late to be covered at all.
 */
async function flightOnSale(): Promise<Hex> {
  const { client } = network;
  const recordedHour = 3_600 / client.config.world.speed;
  return until('a flight on sale', 120_000, async () => {
    const now = await getChainTime(client);
    const flights = await searchFlights(client, {
      from: now + recordedHour + 120,
      to: Math.floor(now + 6 * recordedHour),
    });
    for (const { flightId } of flights) {
      const quote = await quoteCover(client, { flightId, payout: parseAmount('100') }).catch(() => undefined);
      if (quote !== undefined) return flightId;
    }
    return undefined;
  });
}

const balanceOf = (holder: Address) => getBalance(network.client, { account: holder });

beforeAll(async () => {
  network = await startNetwork({ speed: 60, from: '2013-12-05T15:00' });
  owner = commandLine(network.gatewayUrl);
});
afterAll(() => network?.stop());

describe('an account from the command line, on a network with bundler and sponsor', () => {
  test('nothing is sent before there is an account, and reading needs none', drill, async () => {
    expect(await owner.refusal('cover', 'buy', await flightOnSale(), '--payout', '100')).toMatchObject({
      error: 'not-found',
      next: 'Make one with: lichen account create',
    });
    expect(await owner.run('cover', 'list', '--everybody')).toMatchObject({ policies: [] });
  });

  test(
    'create makes a key that its owner alone can read, and an account that paid no gas',
    drill,
    async () => {
      const made = await owner.run<Sent & { account: Address; file: string; kind: string }>(
        'account',
        'create',
      );
      account = made.account;
      expect(made.kind).toBe('software passkey');
      expect(statSync(made.file).mode & 0o777).toBe(0o600);
      expect(await network.client.chain.getCode({ address: account })).not.toBe(undefined);
      expect(await network.client.chain.getBalance({ address: account })).toBe(0n);
      expect(await balanceOf(account)).toBe(parseAmount('1000'));
      expect(await owner.screen('account', 'show')).toContain('software passkey in ');

      const key = readFileSync(made.file, 'utf8');
      expect(await owner.refusal('account', 'create')).toMatchObject({ error: 'bad-input' });
      expect(readFileSync(made.file, 'utf8')).toBe(key);

      chmodSync(made.file, 0o644);
      expect(await owner.refusal('account', 'show')).toMatchObject({ error: 'state-damaged' });
      chmodSync(made.file, 0o600);
    },
  );

  test('cover is approved and bought in one operation, and belongs to the account', drill, async () => {
    const before = await network.client.chain.getTransactionCount({ address: account });
    const bought = await owner.run<{ policyId: Hex; premium: string; hash: Hex }>(
      'cover',
      'buy',
      await flightOnSale(),
      '--payout',
      '100',
    );
    const policies = await listPolicies(network.client, { holder: account });
    expect(policies.map(({ policyId }) => policyId)).toEqual([bought.policyId]);
    expect(await balanceOf(account)).toBe(parseAmount('1000') - BigInt(bought.premium));
    // The account itself sent no transaction: the bundler did, once.
    expect(await network.client.chain.getTransactionCount({ address: account })).toBe(before);
    expect(await owner.run('cover', 'list')).toMatchObject({ policies: [{ policyId: bought.policyId }] });
  });

  test('missing play money is taken in the same operation', drill, async () => {
    const poor = commandLine(network.gatewayUrl);
    const { account: holder } = await poor.run<{ account: Address }>(
      'account',
      'create',
      '--play-money',
      '0',
    );
    const flight = await flightOnSale();
    expect(await poor.refusal('cover', 'buy', flight, '--payout', '100')).toMatchObject({
      error: 'too-little-money',
    });
    await poor.run('cover', 'buy', flight, '--payout', '100', '--play-money');
    expect(await listPolicies(network.client, { holder })).toHaveLength(1);
  });
});

describe('a mandate from the command line', () => {
  let agent: CommandLine;
  let agentAddress: Address;
  let transfers: Hex;
  const shop: Address = '0x00000000000000000000000000000000000051d0';

  const grant = (...more: string[]) => [
    'mandate',
    'grant',
    '--agent',
    agentAddress,
    '--label',
    'Travel agent',
    '--contract',
    'playDollar',
    '--function',
    'transfer',
    '--pin',
    `to=${shop}`,
    '--per-call',
    '5',
    '--per-period',
    '8',
    '--period',
    '1d',
    '--calls',
    '4',
    '--expires',
    '7d',
    ...more,
  ];
  const pay = (amount: string, to: string = shop) => [
    'mandate',
    'use',
    transfers.slice(0, 12),
    '--account',
    account,
    '--contract',
    'playDollar',
    '--function',
    'transfer',
    to,
    amount,
  ];
  const mandates = async (...more: string[]) =>
    (await owner.run<{ mandates: Mandate[] }>('mandate', 'list', ...more)).mandates;

  beforeAll(async () => {
    agent = commandLine(network.gatewayUrl);
    agentAddress = (await agent.run<{ agent: Address }>('mandate', 'agent')).agent;
  });

  test('is shown in whole before it is sent, and a script must say that it means it', drill, async () => {
    const shown = await owner.screen(...grant('--dry-run'));
    for (const part of [
      `Travel agent (${agentAddress}) may act for you`,
      'playDollar.transfer(to, amount)',
      'at most 5.00 pUSD, counted from amount',
      'at most 8.00 pUSD and 4 calls in any 1 d',
      `to=${shop}`,
      '7 d of chain time',
      'Everything else is denied.',
    ]) {
      expect(shown).toContain(part);
    }
    expect(await owner.refusal(...grant())).toMatchObject({ error: 'bad-input' });
    expect(await mandates('--all')).toEqual([]);
  });

  test('lets the agent do what it names, without gas, and nothing else', drill, async () => {
    transfers = (await owner.run<{ id: Hex }>(...grant('--yes'))).id;
    await agent.run(...pay('5'));
    expect(await balanceOf(shop)).toBe(parseAmount('5'));
    expect(await network.client.chain.getBalance({ address: agentAddress })).toBe(0n);

    for (const [words, error] of [
      [pay('5.000001'), 'mandate-denied'],
      [pay('4'), 'mandate-spent'],
      [pay('1', account), 'mandate-denied'],
      [
        [
          'mandate',
          'use',
          transfers,
          '--account',
          account,
          '--contract',
          'playDollar',
          '--function',
          'approve',
          shop,
          '1',
        ],
        'mandate-denied',
      ],
    ] as const) {
      expect(await agent.refusal(...words), words.join(' ')).toMatchObject({ error });
    }
    // Refusals burned nothing: exactly what was left is left.
    await agent.run(...pay('3'));
    expect(await balanceOf(shop)).toBe(parseAmount('8'));
    const [mandate] = await mandates();
    expect(mandate).toMatchObject({ id: transfers, label: 'Travel agent', status: 'active' });
    expect(mandate!.uses.map(({ amount }) => String(amount))).toEqual(['5000000', '3000000']);
    expect(String(mandate!.left.ofPeriod)).toBe('0');
  });

  test('is of no use to another agent', drill, async () => {
    const thief = commandLine(network.gatewayUrl);
    await thief.run('mandate', 'agent');
    expect(await thief.refusal(...pay('1'))).toMatchObject({ error: 'mandate-denied' });
    // Nor is it to the agent in another's name: its key is in the environment of the process that acts.
    const stranger = commandLine(network.gatewayUrl, { LICHEN_AGENT_KEY: `0x${'42'.repeat(32)}` });
    expect(await stranger.refusal(...pay('1'))).toMatchObject({ error: 'mandate-denied' });
  });

  test('for cover lets the agent buy it for the account', drill, async () => {
    const { id } = await owner.run<{ id: Hex }>(
      ...['mandate', 'grant', '--agent', agentAddress, '--contract', 'flightCover', '--function', 'buy(…)'],
      ...['--per-call', '100', '--per-period', '100', '--budget', '300', '--yes'],
    );
    const before = await listPolicies(network.client, { holder: account });
    const bought = await agent.run<{ policyId: Hex; premium: string }>(
      ...['mandate', 'use', id, '--account', account, '--cover', await flightOnSale(), '--payout', '50'],
    );
    const after = await listPolicies(network.client, { holder: account });
    expect(after.map(({ policyId }) => policyId)).toEqual([
      ...before.map(({ policyId }) => policyId),
      bought.policyId,
    ]);
    const used = (await mandates()).find((mandate) => mandate.id === id)!;
    expect(String(used.uses[0]!.amount)).toBe(bought.premium);
    expect(await owner.screen('mandate', 'list')).toContain('flightCover.buy(…)');
    const exported = await owner.run<{ permission: { type: string }; to: Address }>('mandate', 'export', id);
    expect(exported).toMatchObject({ permission: { type: 'lichen-mandate' }, to: agentAddress });
  });

  test('is paused, goes on, is revoked; revoke-all takes the rest', drill, async () => {
    const wide = await owner.run<{ id: Hex }>(...grant('--yes', '--budget', '500'));
    transfers = wide.id;
    await owner.run('mandate', 'pause');
    expect(await agent.refusal(...pay('1'))).toMatchObject({ error: 'mandate-paused' });
    await owner.run('mandate', 'resume');
    await owner.run('mandate', 'pause', transfers);
    expect(await agent.refusal(...pay('1'))).toMatchObject({ error: 'mandate-paused' });
    await owner.run('mandate', 'resume', transfers);
    await agent.run(...pay('1'));
    await owner.run('mandate', 'revoke', transfers);
    expect(await agent.refusal(...pay('1'))).toMatchObject({ error: 'mandate-revoked' });
    await owner.run('mandate', 'revoke-all');
    expect(await mandates()).toEqual([]);
    expect((await mandates('--all')).map(({ status }) => status)).toEqual(['revoked', 'revoked', 'revoked']);
  });
});

describe('devices and guardians from the command line', () => {
  const devicesOf = async (who: CommandLine) =>
    (await who.run<{ devices: Device[] }>('account', 'devices', 'list')).devices;

  test('a second device is added, and removes the first when it is lost', drill, async () => {
    const laptop = commandLine(network.gatewayUrl);
    const phone = commandLine(network.gatewayUrl);
    const { account: own } = await laptop.run<{ account: Address }>('account', 'create');
    const { request } = await phone.run<{ request: string }>('account', 'request', '--account', own);
    // Asked again, it is the same key.
    expect(await phone.run('account', 'request')).toMatchObject({ request });
    expect(await phone.refusal('account', 'devices', 'list')).toMatchObject({ error: 'wrong-passkey' });
    // Another account does not take the request.
    expect(await owner.refusal('account', 'devices', 'add', request)).toMatchObject({ error: 'bad-input' });
    await laptop.run('account', 'devices', 'add', request);
    expect((await devicesOf(phone)).map(({ index, isThis }) => [index, isThis])).toEqual([
      [0, false],
      [1, true],
    ]);
    expect(await phone.refusal('account', 'devices', 'remove', '1')).toMatchObject({ error: 'bad-input' });
    await phone.run('account', 'devices', 'remove', '0');
    expect(await laptop.refusal('mandate', 'pause')).toMatchObject({ error: 'wrong-passkey' });
    await phone.run('mandate', 'pause');
    expect(await devicesOf(phone)).toHaveLength(1);
  });

  test(
    'guardians: too early is refused, the owner cancels, they try again and bring the account back',
    drill,
    async () => {
      const [anna, ben] = [commandLine(network.gatewayUrl), commandLine(network.gatewayUrl)];
      const guardians: Address[] = [];
      for (const friend of [anna, ben]) {
        guardians.push((await friend.run<{ account: Address }>('account', 'create')).account);
      }
      expect(
        await owner.refusal('account', 'guardians', 'set', ...guardians, '--threshold', '2', '--delay', '1s'),
      ).toMatchObject({ error: 'bad-input' });
      await owner.run('account', 'guardians', 'set', ...guardians, '--threshold', '2', '--delay', '60s');

      const fresh = commandLine(network.gatewayUrl);
      const { request } = await fresh.run<{ request: string }>('account', 'request', '--account', account);
      // The owner is no guardian of their own account.
      expect(await owner.refusal('account', 'recover', 'propose', request)).toMatchObject({
        error: 'recovery-refused',
      });
      const first = await anna.run<{ id: Hex }>('account', 'recover', 'propose', request);
      expect(await anna.refusal('account', 'recover', 'support', account, first.id)).toMatchObject({
        error: 'recovery-refused',
      });
      expect(await ben.run('account', 'recover', 'support', account, first.id.slice(0, 10))).toMatchObject({
        state: 'waiting',
      });
      expect(await ben.refusal('account', 'recover', 'execute', request)).toMatchObject({
        error: 'recovery-refused',
      });
      expect(await owner.screen('account', 'guardians', 'show')).toContain(
        `Recovery ${first.id} is under way: waiting`,
      );
      await owner.run('account', 'recover', 'cancel');
      expect(await ben.refusal('account', 'recover', 'execute', request)).toMatchObject({
        error: 'recovery-refused',
      });

      const second = await ben.run<{ id: Hex }>('account', 'recover', 'propose', request);
      expect(second.id).not.toBe(first.id);
      const agreed = await anna.run<{ readyAt: number }>('account', 'recover', 'support', account, second.id);
      await until('the delay to be over', 120_000, async () =>
        (await getChainTime(network.client)) >= agreed.readyAt ? true : undefined,
      );
      const balance = await balanceOf(account);
      await anna.run('account', 'recover', 'execute', request);

      // The new passkey is the only one; the money is there; mandates wait for the owner's word.
      expect((await devicesOf(fresh)).map(({ isThis }) => isThis)).toEqual([true]);
      expect(await balanceOf(account)).toBe(balance);
      expect(await fresh.run('account', 'show')).toMatchObject({ account, mandatesPaused: true });
      expect(await owner.refusal('account', 'recover', 'cancel')).toBeDefined();
      await fresh.run('mandate', 'resume');
      expect(await fresh.run('account', 'show')).toMatchObject({ mandatesPaused: false });
      expect(readFileSync(join(fresh.stateDir, 'account.json'), 'utf8')).toContain(account);
    },
  );
});
