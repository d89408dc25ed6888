import { accountAddressOf, isLichenError, lookupOf } from '@lichen/protocol';
import {
  accountClientOf,
  accountFactoryAbi,
  createAccount,
  createAndSend,
  findAccounts,
  type LichenClient,
  listMandates,
  openAccount,
  sendCalls,
  sendCallsSelfPaid,
} from '@lichen/sdk';
import { encodeFunctionData, zeroHash } from 'viem';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningNetwork, startNetwork, until } from '../../flight-cover/test/support/network.ts';
import {
  balanceOf,
  faucetCall,
  newDevice,
  random32,
  transferCall,
  transferPermission,
} from './support/people.ts';

let network: RunningNetwork;
let client: LichenClient;
const shop = '0x00000000000000000000000000000000000050fe';

beforeAll(async () => {
  network = await startNetwork();
  client = network.client;
});
afterAll(() => network?.stop());

async function refusalOf(act: Promise<unknown>): Promise<string> {
  const error = await act.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!isLichenError(error)) throw new Error(`was not refused by a LichenError: ${String(error)}`);
  return error.code;
}

describe('a person', () => {
  test('creates an account and pays with it, and is asked nothing beyond the making of the passkey', async () => {
    const device = newDevice();
    const remembered: string[] = [];
    const { account, session, receipt } = await createAndSend(client, {
      signer: device,
      birthCalls: [faucetCall(client, 500n)],
      calls: [transferCall(client, shop, 30n)],
      session: {
        asset: client.addresses.playDollar,
        permissions: [transferPermission(client, 40n)],
        maxPerPeriod: 40n,
      },
      onCreated: (created, granted) => remembered.push(created.address, granted.id),
    });
    expect(receipt.status).toBe('success');
    expect(device.prompts()).toBe(0);
    expect(remembered).toEqual([account.address, session.id]);
    expect(await balanceOf(client, account.address)).toBe(470n);

    // The session is a mandate like any other.
    const [mandate, ...more] = await listMandates(client, { account: account.address });
    expect(more).toEqual([]);
    expect(mandate).toMatchObject({
      id: session.id,
      label: 'This device, first steps',
      status: 'active',
      terms: session.terms,
      left: { usable: true, ofPeriod: 10n, ofBudget: 10n, calls: 15n },
    });
    expect(mandate!.uses.map((use) => use.amount)).toEqual([30n]);
    expect(session.terms.validUntil - Number((await client.chain.getBlock()).timestamp)).toBeLessThanOrEqual(
      900,
    );

    // The next operation is the person's own: one touch, and the screen hears of it before the block.
    const heard: string[] = [];
    const sent = await sendCalls(account, [transferCall(client, shop, 400n)], {
      onAccepted: (hash) => heard.push(hash),
    });
    expect(device.prompts()).toBe(1);
    expect(heard).toEqual([sent.userOpHash]);
    expect(await balanceOf(client, account.address)).toBe(70n);
  });

  test('is not asked for what would be refused anyway', async () => {
    const device = newDevice();
    const account = createAccount(client, { signer: device });
    await sendCalls(account, [faucetCall(client, 5n)]);
    expect(device.prompts()).toBe(1);
    expect(await refusalOf(sendCalls(account, [transferCall(client, shop, 6n)]))).toBe('too-little-money');
    expect(await refusalOf(sendCalls(account, []))).toBe('bad-input');
    expect(device.prompts()).toBe(1);
    expect(
      await refusalOf(
        createAndSend(client, {
          signer: newDevice(),
          calls: [transferCall(client, shop, 41n)],
          session: {
            asset: client.addresses.playDollar,
            permissions: [transferPermission(client, 40n)],
            maxPerPeriod: 100n,
          },
        }),
      ),
    ).toBe('mandate-denied');
  });

  test('hears why a session could not be granted, not that it is missing', async () => {
    const refused = createAndSend(client, {
      signer: newDevice(),
      calls: [transferCall(client, shop, 1n)],
      session: { asset: client.addresses.playDollar, permissions: [], maxPerPeriod: 1n },
    });
    await expect(refused).rejects.toThrow('No mandate can have these terms.');
    await expect(refused).rejects.toThrow('permissions');
  });

  test('gets the address that the factory gives, without asking anybody', async () => {
    const { factory, implementation } = client.config.accounts!;
    const device = newDevice();
    const salt = random32();
    const birthCalls = [faucetCall(client, 7n), faucetCall(client, 8n)];
    const account = createAccount(client, { signer: device, salt, birthCalls });
    const executions = birthCalls.map(({ to, data }) => ({ target: to, value: 0n, callData: data! }));
    expect(accountAddressOf({ factory, implementation }, device.passkey, salt, executions)).toBe(
      account.address,
    );
    expect(
      await client.chain.readContract({
        address: factory,
        abi: accountFactoryAbi,
        functionName: 'accountOf',
        args: [device.passkey, salt, executions],
      }),
    ).toBe(account.address);
    expect(await account.isDeployed()).toBe(false);
    await sendCalls(account, [transferCall(client, shop, 15n)]);
    expect(await account.isDeployed()).toBe(true);
  });
});

describe('a new browser', () => {
  test('finds the account by the user handle, and nobody can plant a false one', async () => {
    const device = newDevice();
    const created = createAccount(client, { signer: device });
    await sendCalls(created, [faucetCall(client, 100n)]);

    // A thief lists an account of their own under the same lookup, which everybody can read from the chain.
    const thief = newDevice();
    const theirs = createAccount(client, { signer: thief });
    const planted = { lookup: lookupOf(device.userHandle), mac: random32() };
    await sendCalls(theirs, [
      {
        to: client.config.accounts!.factory,
        data: encodeFunctionData({
          abi: accountFactoryAbi,
          functionName: 'list',
          args: [thief.passkey, planted],
        }),
      },
    ]);
    expect(await findAccounts(client, { userHandle: device.userHandle })).toEqual([
      { account: created.address, passkey: device.passkey, index: 0 },
    ]);

    const { userHandle, sign } = device;
    const challenge = random32();
    const opened = await openAccount(client, {
      signer: { userHandle, sign },
      proof: { challenge, assertion: sign(challenge) },
    });
    expect(opened.address).toBe(created.address);
    await sendCalls(opened, [transferCall(client, shop, 100n)]);
    expect(await balanceOf(client, opened.address)).toBe(0n);

    expect(
      await refusalOf(
        openAccount(client, {
          signer: { userHandle, sign },
          proof: { challenge, assertion: thief.sign(challenge) },
        }),
      ),
    ).toBe('wrong-passkey');
    expect(await refusalOf(openAccount(client, { signer: { userHandle: random32(), sign } }))).toBe(
      'not-found',
    );
    expect(await refusalOf(openAccount(client, { signer: { userHandle: '0x1234', sign } }))).toBe(
      'bad-input',
    );
  });

  test('two accounts on one device: the wrong passkey is told before the touch, or before it costs anything', async () => {
    const [mine, other] = [newDevice(), newDevice()];
    const account = createAccount(client, { signer: mine });
    await sendCalls(account, [faucetCall(client, 10n)]);
    await sendCalls(createAccount(client, { signer: other }), [faucetCall(client, 10n)]);

    const calls = [transferCall(client, shop, 1n)];
    const mixed = accountClientOf(client, { address: account.address, signer: other });
    const before = other.prompts();
    expect(await refusalOf(sendCalls(mixed, calls))).toBe('wrong-passkey');
    expect(other.prompts()).toBe(before);

    // The person picks the other passkey in the browser's list.
    const picked = accountClientOf(client, {
      address: account.address,
      signer: { passkey: mine.passkey, sign: other.sign },
    });
    expect(await refusalOf(sendCalls(picked, calls))).toBe('wrong-passkey');
    const elsewhere = accountClientOf(client, {
      address: account.address,
      signer: { ...mine, index: 3 },
    });
    expect(await refusalOf(sendCalls(elsewhere, calls))).toBe('wrong-passkey');
    expect(await balanceOf(client, account.address)).toBe(10n);
  });
});

/** Kills a part of the network whenever the supervisor has brought it back, until the signal. */
async function keepDead(name: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const pid = (await network.processIds()).get(name);
    try {
      if (pid !== undefined && !signal.aborted) process.kill(pid, 'SIGKILL');
    } catch {
      // Gone already.
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

describe('nobody stands between a person and the account', () => {
  test('with a dead bundler the person pays; when it is back, the sponsor does', async () => {
    const device = newDevice();
    const account = createAccount(client, { signer: device });
    await sendCalls(account, [faucetCall(client, 10n)]);
    const pid = (await network.processIds()).get('bundler');
    if (pid === undefined) throw new Error('the network runs no bundler');
    // Frozen, not killed: the supervisor would bring a dead one back in the middle of the test.
    process.kill(pid, 'SIGSTOP');
    try {
      const heard: string[] = [];
      const selfPaid = await sendCallsSelfPaid(account, [transferCall(client, shop, 3n)], {
        onAccepted: (hash) => heard.push(hash),
      });
      expect(heard).toEqual([selfPaid.userOpHash]);
      expect(selfPaid.receipt.from.toLowerCase()).toBe(client.wallet!.account.address.toLowerCase());
      const born = createAccount(client, { signer: newDevice() });
      await sendCallsSelfPaid(born, [faucetCall(client, 4n)]);
      expect(await balanceOf(client, born.address)).toBe(4n);
      expect(await refusalOf(sendCallsSelfPaid(account, [transferCall(client, shop, 8n)]))).toBe(
        'too-little-money',
      );
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    process.kill(pid, 'SIGKILL');
    // The supervisor starts it again at once: it has to stay dead while the person tries.
    const trying = new AbortController();
    const killing = keepDead('bundler', trying.signal);
    try {
      expect(await refusalOf(sendCalls(account, [transferCall(client, shop, 1n)]))).toBe(
        'bundler-unreachable',
      );
    } finally {
      trying.abort();
      await killing;
    }
    await until('the bundler to be back', 120_000, async () => {
      await sendCalls(account, [transferCall(client, shop, 2n)]);
      return true;
    });
    expect(await balanceOf(client, account.address)).toBe(5n);
  });

  test('a stranger cannot carry out what was not signed', async () => {
    const account = createAccount(client, { signer: newDevice() });
    await sendCalls(account, [faucetCall(client, 10n)]);
    const stranger = accountClientOf(client, {
      address: account.address,
      signer: { ...newDevice(), passkey: account.signer.passkey },
    });
    expect(await refusalOf(sendCallsSelfPaid(stranger, [transferCall(client, shop, 1n)]))).toBe(
      'wrong-passkey',
    );
    // Anybody may create the account of a passkey, and gains nothing by it.
    const unborn = createAccount(client, { signer: newDevice() });
    const hash = await client.wallet!.sendTransaction({
      to: unborn.birth!.factory,
      data: encodeFunctionData({
        abi: accountFactoryAbi,
        functionName: 'createAccount',
        args: [unborn.signer.passkey, zeroHash, { lookup: random32(), mac: random32() }, []],
      }),
    });
    await client.chain.waitForTransactionReceipt({ hash });
    expect(await unborn.isDeployed()).toBe(true);
    await sendCalls(unborn, [faucetCall(client, 6n)]);
    expect(await balanceOf(client, unborn.address)).toBe(6n);
  });
});
