import { isLichenError, type Terms } from '@lichen/protocol';
import {
  type AccountClient,
  type Call,
  connectLichen,
  createAccount,
  encodeCalls,
  getMandateState,
  grantCall,
  grantMandate,
  type LichenClient,
  listMandates,
  mandateExecutorAbi,
  passkeyAccountAbi,
  pauseAccount,
  pauseMandate,
  pauseMandateCall,
  revokeAllMandates,
  revokeCall,
  revokeMandate,
  sendCalls,
  setBudget,
  setBudgetCall,
  useMandate,
  useMandateSponsored,
} from '@lichen/sdk';
import {
  type Address,
  encodeFunctionData,
  maxUint256,
  pad,
  slice,
  toFunctionSelector,
  zeroAddress,
} from 'viem';
import type { PrivateKeyAccount } from 'viem/accounts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningNetwork, startNetwork, until } from '../../flight-cover/test/support/network.ts';
import { openSponsor } from './support/openSponsor.ts';
import {
  balanceOf,
  faucetCall,
  newAgent,
  newDevice,
  random32,
  termsFor,
  transferCall,
  transferPermission,
} from './support/people.ts';
import {
  type Attempt,
  straightToEntryPoint,
  throughBundler,
  throughExecutor,
  type Way,
} from './support/waysToAct.ts';

const shop = '0x00000000000000000000000000000000000050fe' as Address;
let network: RunningNetwork;
let client: LichenClient;
let paymaster: Address;
let stateDir: string;

beforeAll(async () => {
  network = await startNetwork();
  ({ client, stateDir } = network);
  paymaster = await openSponsor(client);
});
afterAll(() => network?.stop());

const clientOfAgent = (agent: PrivateKeyAccount): LichenClient =>
  connectLichen({ gatewayUrl: client.gatewayUrl, config: client.config, account: agent });

const ways = (): Readonly<Record<string, Way>> => ({
  executor: throughExecutor(clientOfAgent),
  'EntryPoint itself': straightToEntryPoint(client, paymaster),
  bundler: throughBundler(client, paymaster),
});

async function newAccount(budget = 1_000n): Promise<AccountClient> {
  const account = createAccount(client, { signer: newDevice() });
  await sendCalls(account, [
    faucetCall(client, 100_000n),
    setBudgetCall(client, { asset: client.addresses.playDollar, amount: budget, period: 600 }),
  ]);
  return account;
}

/** All that can be spent or used up, of every mandate of an account. */
async function leftOf(account: AccountClient): Promise<unknown> {
  const [mandates, state, balance] = await Promise.all([
    listMandates(client, { account: account.address }),
    getMandateState(client, { account: account.address, asset: client.addresses.playDollar }),
    balanceOf(client, account.address),
  ]);
  return {
    balance,
    budget: state.budget,
    left: mandates.map(({ left: { ofPeriod, ofBudget, calls } }) => ({ ofPeriod, ofBudget, calls })),
    uses: mandates.map(({ uses }) => uses.length),
  };
}

async function codeOf(act: Promise<unknown>): Promise<string> {
  const error = await act.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!isLichenError(error)) throw new Error(`was not refused by a LichenError: ${String(error)}`);
  return error.code;
}

describe('an agent with a mandate', () => {
  test('acts by itself and sponsored, is counted, and is stopped in one step', async () => {
    const account = await newAccount();
    const { agent, client: ofAgent } = await newAgent(client);
    const terms = await termsFor(client, agent.address);
    const { id } = await grantMandate(account, { terms, label: 'Saver' });
    const use = { account: account.address, terms };
    const intent = random32();
    await useMandate(ofAgent, { ...use, intent, calls: [transferCall(client, shop, 25n)] });
    await useMandateSponsored(client, { ...use, agent, calls: [transferCall(client, shop, 15n)] });

    const [mandate] = await listMandates(client, { account: account.address });
    expect(mandate).toMatchObject({
      id,
      label: 'Saver',
      status: 'active',
      terms,
      left: { usable: true, ofPeriod: 60n, ofBudget: 960n, calls: 1n },
    });
    expect(mandate!.uses.map(({ amount, intent: of, target }) => [amount, of, target])).toEqual([
      [25n, intent, client.addresses.playDollar],
      [15n, pad('0x0'), client.addresses.playDollar],
    ]);

    await revokeAllMandates(account);
    const after = await leftOf(account);
    for (const way of Object.values(ways())) {
      expect(await way({ ...use, agent, calls: [transferCall(client, shop, 1n)] })).toContain(
        'MandateUnknown',
      );
    }
    expect(
      await codeOf(useMandateSponsored(client, { ...use, agent, calls: [transferCall(client, shop, 1n)] })),
    ).toBe('mandate-revoked');
    expect(await leftOf(account)).toEqual(after);
    expect((await listMandates(client, { account: account.address }))[0]!.status).toBe('revoked');
  });

  test('another agent, an unknown mandate or longer terms do not help', async () => {
    const account = await newAccount();
    const [first, second] = [await newAgent(client), await newAgent(client)];
    const terms = await termsFor(client, first.agent.address);
    await grantMandate(account, { terms, label: 'First' });
    const calls = [transferCall(client, shop, 1n)];
    const use = { account: account.address, calls };
    expect(await codeOf(useMandate(second.client, { ...use, terms }))).toBe('mandate-denied');
    expect(await codeOf(useMandateSponsored(client, { ...use, terms, agent: second.agent }))).toBe(
      'mandate-denied',
    );
    for (const change of [
      { agent: second.agent.address },
      { maxPerPeriod: 101n },
      { validUntil: terms.validUntil + 1 },
      { maxCalls: 4 },
      { permissions: [...terms.permissions, ...terms.permissions] },
    ] satisfies Partial<Terms>[]) {
      const agent = 'agent' in change ? second.agent : first.agent;
      for (const [name, way] of Object.entries(ways())) {
        const outcome = await way({ ...use, agent, terms: { ...terms, ...change } });
        expect(outcome, `${name}: ${Object.keys(change)}`).toContain('MandateUnknown');
      }
    }
  });
});

describe('the refusal matrix: every bound on every path, each with its reason and with nothing burned', () => {
  let account: AccountClient;
  let agent: PrivateKeyAccount;
  let stranger: PrivateKeyAccount;
  const mandates: Record<string, Terms> = {};

  beforeAll(async () => {
    account = await newAccount(1_000n);
    ({ agent } = await newAgent(client, '1'));
    ({ agent: stranger } = await newAgent(client, '1'));
    const now = Number((await client.chain.getBlock()).timestamp);
    mandates.main = await termsFor(client, agent.address);
    mandates.spent = await termsFor(client, agent.address, { maxCalls: 9 });
    mandates.busy = await termsFor(client, agent.address, { maxCalls: 2 });
    mandates.wide = await termsFor(client, agent.address, {
      maxPerPeriod: 10_000n,
      permissions: [transferPermission(client, 10_000n)],
    });
    mandates.pinned = await termsFor(client, agent.address, {
      permissions: [{ ...transferPermission(client, 40n), pins: [{ index: 0, value: pad(shop) }] }],
    });
    mandates.otherAsset = await termsFor(client, agent.address, {
      asset: client.addresses.coverPool,
      permissions: [
        { ...transferPermission(client, 40n), target: client.addresses.flightCover, selector: '0x12345678' },
      ],
    });
    mandates.later = await termsFor(client, agent.address, { validFrom: now + 3_000 });
    mandates.revoked = await termsFor(client, agent.address);
    mandates.paused = await termsFor(client, agent.address);
    const idOf = (terms: Terms) =>
      client.chain.readContract({
        address: client.config.accounts!.mandateExecutor,
        abi: mandateExecutorAbi,
        functionName: 'idOf',
        args: [account.address, terms],
      });
    await sendCalls(account, [
      ...Object.entries(mandates).map(([label, terms]) => grantCall(client, { terms, label })),
      revokeCall(client, { id: await idOf(mandates.revoked) }),
      pauseMandateCall(client, { id: await idOf(mandates.paused), paused: true }),
    ]);
    const ofAgent = clientOfAgent(agent);
    await useMandate(ofAgent, {
      account: account.address,
      terms: mandates.spent,
      calls: [40n, 40n].map((amount) => transferCall(client, shop, amount)),
    });
    await useMandate(ofAgent, {
      account: account.address,
      terms: mandates.busy,
      calls: [1n, 1n].map((amount) => transferCall(client, shop, amount)),
    });
  });

  const pay = (amount: bigint, to: Address = shop): Call => transferCall(client, to, amount);
  const cases: readonly [name: string, reason: RegExp, mandate: string, calls: () => readonly Call[]][] = [
    ['another function', /MandateFunctionDenied/, 'main', () => [faucetCall(client, 1n)]],
    [
      'another contract',
      /MandateFunctionDenied/,
      'main',
      () => [{ ...pay(1n), to: client.addresses.coverPool }],
    ],
    ['another argument', /MandateArgumentDenied/, 'pinned', () => [pay(1n, client.addresses.oracle)]],
    ['an amount per call', /MandateAmountTooLarge/, 'main', () => [pay(41n)]],
    ['a huge amount per call', /MandateAmountTooLarge/, 'main', () => [pay(maxUint256)]],
    ['an amount per period', /MandatePeriodSpent/, 'spent', () => [pay(21n)]],
    [
      'an amount per period, cut in pieces',
      /MandatePeriodSpent/,
      'main',
      () => [pay(40n), pay(40n), pay(21n)],
    ],
    ['the one budget of the account', /MandateBudgetSpent/, 'wide', () => [pay(919n)]],
    [
      'another token, which has no budget',
      /MandateBudgetSpent/,
      'otherAsset',
      () => [
        { to: client.addresses.flightCover, data: `0x12345678${pad('0x0').slice(2)}${pad('0x1').slice(2)}` },
      ],
    ],
    ['the number of calls', /MandateTooManyCalls/, 'busy', () => [pay(1n)]],
    [
      'the number of calls in a batch',
      /MandateTooManyCalls/,
      'main',
      () => [1n, 1n, 1n, 1n].map((n) => pay(n)),
    ],
    ['ether', /MandateValueDenied/, 'main', () => [{ ...pay(1n), value: 1n }]],
    [
      'a call cut short',
      /MandateCallDataShort/,
      'main',
      () => [{ ...pay(1n), data: slice(pay(1n).data!, 0, 40) }],
    ],
    ['no call at all', /MandateNoCalls/, 'main', () => []],
    [
      'the account itself: a device for the agent',
      /MandateFunctionDenied/,
      'main',
      () => [
        {
          to: account.address,
          data: encodeFunctionData({
            abi: passkeyAccountAbi,
            functionName: 'addPasskey',
            args: [newDevice().passkey, { lookup: random32(), mac: random32() }],
          }),
        },
      ],
    ],
    [
      'the module: a larger budget for the agent',
      /MandateFunctionDenied/,
      'main',
      () => [setBudgetCall(client, { asset: client.addresses.playDollar, amount: 10n ** 12n, period: 600 })],
    ],
    ['before its time', /MandateNotYet|AA22/, 'later', () => [pay(1n)]],
    ['a revoked mandate', /MandateRevokedAlready/, 'revoked', () => [pay(1n)]],
    ['a paused mandate', /MandatePausedByAccount/, 'paused', () => [pay(1n)]],
  ];

  test.each(cases)('%s', async (_, reason, mandate, calls) => {
    const before = await leftOf(account);
    const attempt: Attempt = { account: account.address, agent, terms: mandates[mandate]!, calls: calls() };
    for (const [name, way] of Object.entries(ways())) {
      expect(await way(attempt), name).toMatch(reason);
      expect(await leftOf(account), `left after ${name}`).toEqual(before);
    }
    // The sdk says it as a LichenError with a code of its own, on the sponsored way too.
    const sponsored = codeOf(useMandateSponsored(client, { ...attempt, agent }));
    expect(await sponsored).toMatch(/^(mandate-(denied|spent|expired|revoked|paused)|bad-input)$/);
    expect(await leftOf(account)).toEqual(before);
  });

  test('a key that the mandate does not name', async () => {
    const before = await leftOf(account);
    const attempt = { account: account.address, agent: stranger, terms: mandates.main!, calls: [pay(1n)] };
    const { executor, bundler, 'EntryPoint itself': direct } = ways();
    expect(await executor!(attempt)).toContain('MandateNotAgent');
    expect(await direct!(attempt)).toContain('AA24');
    expect(await bundler!(attempt)).toMatch(/AA24|signature/i);
    expect(await leftOf(account)).toEqual(before);
  });

  test('operations that are not the use of a mandate, or that the account would pay', async () => {
    const before = await leftOf(account);
    const attempt = { account: account.address, agent, terms: mandates.main!, calls: [pay(1n)] };
    const single = encodeCalls([pay(1n)]);
    const batch = encodeCalls([pay(1n), pay(1n)]);
    const delegated = single.replace(/^(0x[0-9a-f]{8})00/, '$1ff') as `0x${string}`;
    for (const callData of [single, batch, delegated]) {
      for (const way of [ways().bundler!, ways()['EntryPoint itself']!]) {
        expect(await way({ ...attempt, callData })).toMatch(/MandateOperationDenied|AA23/);
      }
    }
    for (const way of [throughBundler(client, undefined), straightToEntryPoint(client, undefined)]) {
      expect(await way(attempt)).toContain('MandateNotSponsored');
    }
    expect(await leftOf(account)).toEqual(before);
  });

  test('a call that fails for its own reason takes nothing either', async () => {
    const poor = createAccount(client, { signer: newDevice() });
    const terms = await termsFor(client, agent.address);
    await grantMandate(poor, { terms, label: 'Poor', budget: { amount: 100n, period: 600 } });
    const before = await leftOf(poor);
    for (const [name, way] of Object.entries(ways())) {
      const outcome = await way({ account: poor.address, agent, terms, calls: [pay(40n)] });
      expect(outcome, name).not.toBe('done');
      expect(await leftOf(poor), name).toEqual(before);
    }
  });

  test('the very next allowed use still passes on each path', async () => {
    const attempt = { account: account.address, agent, terms: mandates.main!, calls: [pay(2n)] };
    for (const [name, way] of Object.entries(ways())) expect(await way(attempt), name).toBe('done');
    expect(await codeOf(useMandateSponsored(client, { ...attempt, agent }))).toBe('mandate-spent');
  });
});

describe('one budget for the whole account', () => {
  test('a second key, a second mandate and two replicas at once share it; a restart does not refill it', async () => {
    const account = await newAccount(100n);
    const [first, second] = [await newAgent(client, '1'), await newAgent(client, '1')];
    const permissions = [transferPermission(client, 60n)];
    const [ofFirst, ofSecond] = [
      await termsFor(client, first.agent.address, { permissions, maxCalls: 200, maxPerPeriod: 1_000n }),
      await termsFor(client, second.agent.address, { permissions, maxCalls: 200, maxPerPeriod: 1_000n }),
    ];
    await sendCalls(account, [
      grantCall(client, { terms: ofFirst, label: 'First' }),
      grantCall(client, { terms: ofSecond, label: 'Second' }),
    ]);
    const use = { account: account.address, calls: [transferCall(client, shop, 60n)] };
    await useMandate(first.client, { ...use, terms: ofFirst });
    expect(await codeOf(useMandate(second.client, { ...use, terms: ofSecond }))).toBe('mandate-spent');

    // Replicas of both agents rush for the rest, by different ways and in the same moment: 40 is left, each wants 30.
    const calls = [transferCall(client, shop, 30n)];
    const rush = await Promise.allSettled([
      useMandate(first.client, { ...use, terms: ofFirst, calls }),
      useMandate(second.client, { ...use, terms: ofSecond, calls }),
      useMandateSponsored(client, { ...use, terms: ofFirst, calls, agent: first.agent }),
      useMandateSponsored(client, { ...use, terms: ofSecond, calls, agent: second.agent }),
    ]);
    expect(rush.filter(({ status }) => status === 'fulfilled').length).toBe(1);
    expect(await balanceOf(client, account.address)).toBe(100_000n - 90n);

    const before = await leftOf(account);
    await network.stop();
    network = await startNetwork({ stateDir });
    client = network.client;
    expect(await leftOf(account)).toEqual(before);
    for (const [terms, { agent }] of [
      [ofFirst, first],
      [ofSecond, second],
    ] as const) {
      for (const [name, way] of Object.entries(ways())) {
        const outcome = await way({ account: account.address, agent, terms, calls });
        expect(outcome, name).toContain('MandateBudgetSpent');
      }
    }
    expect(await balanceOf(client, account.address)).toBe(100_000n - 90n);
    // A new budget counts what was spent of the old one.
    const reopened = { ...account, client };
    await setBudget(reopened, { asset: client.addresses.playDollar, amount: 100n, period: 600 });
    expect(await codeOf(useMandate(clientOfAgent(first.agent), { ...use, terms: ofFirst, calls }))).toBe(
      'mandate-spent',
    );
  }, 600_000);
});

describe('what an account can grant at all', () => {
  test('never itself, its modules, the EntryPoint, another token or an open approval', async () => {
    const account = await newAccount();
    const { agent } = await newAgent(client, '0');
    const { entryPoint, factory, mandateExecutor, mandateValidator, guardianRecovery } =
      client.config.accounts!;
    const permission = transferPermission(client, 1n);
    const before = await leftOf(account);
    const grant = async (change: Partial<Terms>) =>
      grantMandate(account, { terms: await termsFor(client, agent.address, change), label: 'x' });
    for (const target of [
      account.address,
      entryPoint,
      factory,
      mandateExecutor,
      mandateValidator,
      guardianRecovery,
    ]) {
      const permissions = [{ ...permission, target, selector: '0x12345678' as const }];
      await expect(grant({ permissions }), target).rejects.toMatchObject({ code: 'mandate-denied' });
    }
    const approve = toFunctionSelector('approve(address,uint256)');
    for (const change of [
      { permissions: [{ ...permission, selector: approve }] },
      { permissions: [{ ...permission, target: client.addresses.coverPool }] },
      { permissions: [{ ...permission, amountArg: 255, maxAmount: 0n }] },
    ]) {
      await expect(grant(change)).rejects.toMatchObject({ code: 'mandate-denied' });
    }
    for (const change of [
      { permissions: [] },
      { agent: zeroAddress },
      { agent: account.address },
      { validUntil: 1 },
      { period: 0 },
      { maxCalls: 0 },
    ]) {
      await expect(grant(change), JSON.stringify(change)).rejects.toMatchObject({ code: 'bad-input' });
    }
    expect(await leftOf(account)).toEqual(before);
  });

  test('pauses and lets go on, one mandate or all; the agent can do neither', async () => {
    const account = await newAccount();
    const { agent, client: ofAgent } = await newAgent(client);
    const terms = await termsFor(client, agent.address);
    const { id } = await grantMandate(account, { terms, label: 'Paused' });
    const use = { account: account.address, terms, calls: [transferCall(client, shop, 1n)] };
    const status = async () => (await listMandates(client, { account: account.address }))[0]!.status;

    await pauseMandate(account, { id, paused: true });
    expect([await status(), await codeOf(useMandate(ofAgent, use))]).toEqual(['paused', 'mandate-paused']);
    // The executor takes the caller for the account: an agent only switches what is its own.
    const executor = { address: client.config.accounts!.mandateExecutor, abi: mandateExecutorAbi } as const;
    const mine = await ofAgent.wallet!.writeContract({
      ...executor,
      functionName: 'pauseAccount',
      args: [false],
    });
    await client.chain.waitForTransactionReceipt({ hash: mine });
    expect(await codeOf(useMandate(ofAgent, use))).toBe('mandate-paused');

    await pauseMandate(account, { id, paused: false });
    await pauseAccount(account, { paused: true });
    expect(await getMandateState(client, { account: account.address })).toMatchObject({ isPaused: true });
    expect([await status(), await codeOf(useMandate(ofAgent, use))]).toEqual(['paused', 'mandate-paused']);
    await pauseAccount(account, { paused: false });
    expect(await status()).toBe('active');
    await useMandate(ofAgent, use);
    await revokeMandate(account, { id });
    expect([await status(), await codeOf(useMandate(ofAgent, use))]).toEqual(['revoked', 'mandate-revoked']);
    expect(await codeOf(revokeMandate(account, { id }))).toBe('mandate-revoked');
  });

  test('a mandate ends with its time on every path', async () => {
    const account = await newAccount();
    const { agent } = await newAgent(client, '1');
    const now = Number((await client.chain.getBlock()).timestamp);
    const terms = await termsFor(client, agent.address, { validUntil: now + 20 });
    await grantMandate(account, { terms, label: 'Short' });
    const attempt = { account: account.address, agent, terms, calls: [transferCall(client, shop, 1n)] };
    await until('the mandate to end', 60_000, async () =>
      (await client.chain.getBlock()).timestamp >= BigInt(terms.validUntil) ? true : undefined,
    );
    const before = await leftOf(account);
    for (const [name, way] of Object.entries(ways())) {
      expect(await way(attempt), name).toMatch(/MandateExpired|AA22|expires/);
    }
    expect(await codeOf(useMandateSponsored(client, { ...attempt, agent }))).toBe('mandate-expired');
    expect(await leftOf(account)).toEqual(before);
    expect((await listMandates(client, { account: account.address }))[0]!.status).toBe('expired');
  });
});
