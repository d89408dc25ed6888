import { join } from 'node:path';
import {
  type Address,
  decodeErrorResult,
  encodeFunctionData,
  type Hex,
  isHex,
  numberToHex,
  parseEther,
  zeroAddress,
  zeroHash,
} from 'viem';
import { entryPoint08Abi, entryPoint08Address } from 'viem/account-abstraction';
import { generatePrivateKey } from 'viem/accounts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { post, temporaryFolder } from '../chain/testSupport.fixture.ts';
import { deployAccounts } from '../deploy/deployAccounts.ts';
import { deployEntryPoint } from '../deploy/deployEntryPoint.ts';
import {
  addressOf,
  artifactsDir,
  sendFrom,
  startTestChain,
  type TestChain,
} from './accountsNetwork.fixture.ts';
import {
  agentNonceKey,
  askSponsor,
  clientOf,
  dollars,
  executeBatch,
  executeSingle,
  handleOps,
  newAccount,
  type Operation,
  type Place,
  prepare,
  signed,
  sponsored,
  type TestAccount,
  useMandate,
} from './operations.fixture.ts';
import { type SponsorInit, type SponsorService, startSponsor } from './startSponsor.ts';

const chainId = 31_341;
const signerKey = generatePrivateKey();
const receiver: Address = '0x00000000000000000000000000000000000000aa';
const generous = { perAccount: 1_000, perDay: 1_000 };
const running: SponsorService[] = [];
let chain: TestChain;
let place: Place;
let account: TestAccount;
let base: SponsorInit;

beforeAll(async () => {
  chain = await startTestChain(chainId);
  await deployEntryPoint(chain.rpcUrl, chain.payerKey);
  const addresses = await deployAccounts({
    rpcUrl: chain.rpcUrl,
    artifactsDir,
    payerKey: chain.payerKey,
    owner: addressOf(chain.deployerKey),
    signer: addressOf(signerKey),
    minRecoveryDelay: 60,
    sponsorDeposit: parseEther('10'),
    factoryStake: parseEther('1'),
  });
  base = {
    port: 0,
    rpcUrl: chain.rpcUrl,
    chainId,
    signerKey,
    sponsor: addresses.sponsor,
    factory: addresses.accountFactory,
    folder: join(chain.folder, 'sponsor'),
    quota: generous,
  };
  const service = await startSponsor(base);
  running.push(service);
  place = {
    rpcUrl: chain.rpcUrl,
    chainId,
    addresses: { ...addresses, playDollar: chain.playDollar },
    bundlerUrl: '',
    sponsorUrl: service.url,
  };
  account = await newAccount(place);
  expect(await land(await birth(account))).toBe('success');
});
afterAll(async () => {
  for (const service of running) await service.stop();
  await chain?.chain.stop();
});

/** A sponsor with a count of its own. */
async function anotherSponsor(
  changes: Partial<SponsorInit>,
): Promise<{ place: Place; service: SponsorService }> {
  const service = await startSponsor({ ...base, folder: temporaryFolder(), ...changes });
  running.push(service);
  return { place: { ...place, sponsorUrl: service.url }, service };
}

const transfer = (amount: bigint) => executeSingle(dollars(place, 'transfer', receiver, amount));

async function birth(born: TestAccount): Promise<Operation> {
  const callData = useMandate(place, born.terms, [dollars(place, 'transfer', receiver, 1n)]);
  const operation = await prepare(place, born, { isBirth: true, byAgent: true, callData });
  return signed(place, born, await sponsored(place, operation), true);
}

/** Bundles one operation by hand, as anybody may. */
async function land(operation: Operation): Promise<string> {
  const data = handleOps(operation, addressOf(chain.deployerKey));
  return (await sendFrom(chain.rpcUrl, chain.deployerKey, { to: entryPoint08Address, data })).status;
}

/** The EntryPoint's reason for refusing an operation, without a transaction. */
async function refusalOnChain(operation: Operation): Promise<string> {
  const data = handleOps(operation, receiver);
  const client = clientOf(place);
  const caught = await client.call({ account: receiver, to: entryPoint08Address, data }).then(
    () => undefined,
    (error: { walk: (found: (cause: unknown) => boolean) => { data?: Hex } | null }) =>
      error.walk((cause) => isHex((cause as { data?: unknown }).data))?.data,
  );
  if (caught === undefined) return 'accepted';
  const { args } = decodeErrorResult({ abi: entryPoint08Abi, data: caught });
  return String(args?.[1]);
}

const refused = (code: string, text?: string) =>
  expect.objectContaining({
    message: text === undefined ? expect.anything() : expect.stringContaining(text),
    data: expect.objectContaining({ error: code }),
  });

const deposit = () =>
  clientOf(place).readContract({
    address: entryPoint08Address,
    abi: entryPoint08Abi,
    functionName: 'balanceOf',
    args: [place.addresses.sponsor],
  });

describe('what the sponsor pays for', () => {
  test('an account’s birth and first act, by its agent: the sponsor pays, the account has no ether', async () => {
    const before = await deposit();
    const born = await newAccount(place);
    expect(await land(await birth(born))).toBe('success');
    expect(await clientOf(place).getBalance({ address: born.address })).toBe(0n);
    expect(await deposit()).toBeLessThan(before);
  });

  test('a person’s operation, signed by passkey, and a batch', async () => {
    for (const callData of [
      transfer(5n),
      executeBatch([1n, 2n].map((amount) => dollars(place, 'transfer', receiver, amount))),
    ]) {
      const operation = await sponsored(place, await prepare(place, account, { callData }));
      expect(await land(await signed(place, account, operation))).toBe('success');
    }
  });

  test('a stub for estimates has the size of the real thing and is worth nothing', async () => {
    const operation = await prepare(place, account, { callData: transfer(1n) });
    const stub = await askSponsor(place, operation, { method: 'pm_getPaymasterStubData' });
    const real = await askSponsor(place, operation);
    expect(stub).toMatchObject({ paymaster: place.addresses.sponsor, isFinal: false });
    expect(stub.paymasterData!.length).toBe(real.paymasterData!.length);
    const forged = {
      ...operation,
      paymaster: stub.paymaster as Address,
      paymasterData: stub.paymasterData!,
      paymasterVerificationGasLimit: 60_000n,
      paymasterPostOpGasLimit: 0n,
    };
    expect(await refusalOnChain(await signed(place, account, forged))).toContain('AA34');
  });
});

describe('a thief asks', () => {
  test('for another chain or another EntryPoint', async () => {
    const operation = await prepare(place, account, { callData: transfer(1n) });
    await expect(askSponsor(place, operation, { chainId: 1 })).rejects.toEqual(refused('wrong-chain'));
    const entryPoint = '0x0000000071727De22E5E9d8BAf0edAc6f37da032';
    await expect(askSponsor(place, operation, { entryPoint })).rejects.toEqual(
      refused('bad-input', 'another EntryPoint'),
    );
  });

  test('for accounts that are not ours', async () => {
    const operation = await prepare(place, account, { callData: transfer(1n) });
    const ask = (changes: object) => askSponsor(place, { ...operation, nonce: 0n, ...changes });
    // A contract that is no account, and an address with nothing.
    await expect(ask({ sender: place.addresses.mandateExecutor })).rejects.toEqual(
      refused('bad-input', 'accounts of Lichen only'),
    );
    await expect(ask({ sender: receiver })).rejects.toEqual(refused('bad-input', 'no such account'));
    // A clone by hand of our own code, with another factory's word for it.
    const born = await newAccount(place);
    const foreign = {
      sender: born.address,
      factory: place.addresses.playDollar,
      factoryData: born.factoryData,
    };
    await expect(ask(foreign)).rejects.toEqual(refused('bad-input', 'its own factory only'));
    // Our factory, but it creates nothing, or another account than the sender.
    const another = await newAccount(place);
    const { factory, factoryData } = born;
    await expect(
      ask({ sender: born.address, factory, factoryData: `0x12345678${factoryData.slice(10)}` }),
    ).rejects.toEqual(refused('bad-input', 'creates no account'));
    await expect(ask({ sender: another.address, factory, factoryData, callData: '0x' })).rejects.toEqual(
      refused('bad-input', 'another account than its sender'),
    );
    await expect(ask({ factory, factoryData: account.factoryData })).rejects.toEqual(
      refused('bad-input', 'exists already'),
    );
  });

  test('for more than the work costs, into the pocket of its own bundler', async () => {
    const operation = await prepare(place, account, { callData: transfer(1n) });
    for (const changes of [
      { maxPriorityFeePerGas: parseEther('0.001'), maxFeePerGas: parseEther('0.001') },
      { preVerificationGas: 5_000_000n },
      { callGasLimit: 50_000_000n },
      { paymasterPostOpGasLimit: 10_000_000n },
    ]) {
      await expect(askSponsor(place, { ...operation, ...changes })).rejects.toEqual(refused('bad-input'));
    }
  });

  test('with one signature for another operation: the chain refuses every change', async () => {
    const operation = await sponsored(place, await prepare(place, account, { callData: transfer(1n) }));
    expect(await refusalOnChain(await signed(place, account, operation))).toBe('accepted');
    const changes: Partial<Operation>[] = [
      { callData: transfer(2n) },
      { callGasLimit: operation.callGasLimit + 1n },
      { verificationGasLimit: operation.verificationGasLimit + 1n },
      { preVerificationGas: operation.preVerificationGas + 1n },
      { maxFeePerGas: operation.maxFeePerGas + 1n },
      { paymasterVerificationGasLimit: 100_000n },
      { paymasterPostOpGasLimit: 10_000n },
      // Valid for ever: the time is signed as well.
      { paymasterData: `0x${'00'.repeat(12)}${operation.paymasterData!.slice(26)}` },
    ];
    for (const change of changes) {
      const changed = await signed(place, account, { ...operation, ...change });
      expect(await refusalOnChain(changed), JSON.stringify(Object.keys(change))).toContain('AA34');
    }
    // Nor can somebody else's account use it.
    const other = await newAccount(place);
    expect(await land(await birth(other))).toBe('success');
    const stolen = await signed(place, other, { ...operation, sender: other.address, nonce: 0n });
    expect(await refusalOnChain(stolen)).toContain('AA34');
  });

  test('again with an operation that is done: neither sponsor nor chain takes it twice', async () => {
    const operation = await sponsored(place, await prepare(place, account, { callData: transfer(1n) }));
    const done = await signed(place, account, operation);
    expect(await land(done)).toBe('success');
    await expect(askSponsor(place, operation)).rejects.toEqual(refused('bad-input', 'not the next one'));
    expect(await refusalOnChain(done)).toContain('AA25');
  });

  test('late: a signature ends after five minutes', async () => {
    const past = await anotherSponsor({ clock: () => 0 });
    // The service takes the later of its clock and the chain's, so a slow clock cannot shorten or stretch it.
    const operation = await prepare(place, account, { callData: transfer(1n) });
    const answer = await askSponsor(past.place, operation);
    const validUntil = Number.parseInt(answer.paymasterData!.slice(14, 26), 16);
    const { timestamp } = await clientOf(place).getBlock();
    expect(validUntil - Number(timestamp)).toBeGreaterThan(280);
    expect(validUntil - Number(timestamp)).toBeLessThanOrEqual(300);
  });

  test('from a foreign page, by another name, in bulk, or at length', async () => {
    const body = { jsonrpc: '2.0', id: 1, method: 'pm_getPaymasterData', params: [] };
    const url = `${place.sponsorUrl}/`;
    expect((await post(url, body, { origin: 'https://evil.example' })).status).toBe(403);
    expect((await post(url, body, { host: 'evil.example' })).status).toBe(403);
    expect((await post(url, [body, body])).body).toMatchObject({ error: { code: -32600 } });
    expect((await post(url, 'x'.repeat(200_000))).status).toBe(413);
    expect((await post(url, { ...body, method: 'eth_sendTransaction' })).body).toMatchObject({
      error: { code: -32601 },
    });
    expect((await post(url, body)).body).toMatchObject({ id: 1, error: { code: -32602 } });
  });
});

describe('an operation that would fail', () => {
  test('is refused with the contract’s own reason, is not counted, and costs nobody anything', async () => {
    const { place: strict } = await anotherSponsor({ quota: { perAccount: 1, perDay: 1 } });
    const before = await deposit();
    const tooMuch = useMandate(place, account.terms, [dollars(place, 'transfer', receiver, 1_000_000_001n)]);
    const operation = await prepare(place, account, { byAgent: true, callData: tooMuch });
    for (const method of ['pm_getPaymasterStubData', 'pm_getPaymasterData']) {
      await expect(askSponsor(strict, operation, { method })).rejects.toMatchObject({
        message: expect.stringContaining('MandateAmountTooLarge(1000000001, 1000000000)'),
        data: { error: 'transaction-failed', revert: expect.stringMatching(/^0x[0-9a-f]{136}$/) },
      });
    }
    const poor = await prepare(place, account, { callData: transfer(10n ** 15n) });
    await expect(askSponsor(strict, poor)).rejects.toEqual(
      refused('transaction-failed', 'InsufficientBalance()'),
    );
    expect(await deposit()).toBe(before);
    // The one operation of the day is still there.
    await askSponsor(strict, await prepare(place, account, { callData: transfer(1n) }));
  });

  test('an account that cannot come to life, and an act that its birth does not allow', async () => {
    const born = await newAccount(place);
    const callData = useMandate(place, born.terms, [dollars(place, 'transfer', receiver, 2_000_000_000n)]);
    const operation = await prepare(place, born, { isBirth: true, byAgent: true, callData });
    await expect(askSponsor(place, operation)).rejects.toEqual(
      refused('transaction-failed', 'MandateAmountTooLarge'),
    );
    const starved = { ...operation, verificationGasLimit: 60_000n };
    await expect(askSponsor(place, starved)).rejects.toEqual(
      refused('transaction-failed', 'would not come to life'),
    );
  });

  test('an operation with too little gas for its calls', async () => {
    const operation = await prepare(place, account, { callData: transfer(1n) });
    await expect(askSponsor(place, { ...operation, callGasLimit: 5_000n })).rejects.toEqual(
      refused('transaction-failed', 'out of gas'),
    );
  });
});

describe('quotas', () => {
  const lanes = (count: number) =>
    Promise.all(
      Array.from({ length: count }, (_, lane) =>
        prepare(place, account, { callData: transfer(1n), lane: 100 + lane }),
      ),
    );

  test('twelve requests at once share three operations', async () => {
    const { place: strict } = await anotherSponsor({ quota: { perAccount: 3, perDay: 100 } });
    const operations = await lanes(12);
    const answers = await Promise.allSettled(operations.map((operation) => askSponsor(strict, operation)));
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
    for (const answer of answers) {
      if (answer.status === 'rejected') expect(answer.reason).toEqual(refused('sponsor-exhausted'));
    }
  });

  test('the same operation asked for ten times at once is counted once', async () => {
    const { place: strict } = await anotherSponsor({ quota: { perAccount: 2, perDay: 100 } });
    const [operation, second, third] = await lanes(3);
    await Promise.all(Array.from({ length: 10 }, () => askSponsor(strict, operation!)));
    // Mended with more gas it is still the same operation: only one of the two can land.
    await askSponsor(strict, { ...operation!, callGasLimit: operation!.callGasLimit + 1n });
    await askSponsor(strict, second!);
    await expect(askSponsor(strict, third!)).rejects.toEqual(refused('sponsor-exhausted'));
  });

  test('a restart refills nothing, and the refusal says what to do', async () => {
    const folder = temporaryFolder();
    const quota = { perAccount: 2, perDay: 100 };
    const first = await anotherSponsor({ folder, quota });
    const [one, two, three] = await lanes(3);
    await askSponsor(first.place, one!);
    await askSponsor(first.place, two!);
    await first.service.stop();
    running.splice(running.indexOf(first.service), 1);
    const second = await anotherSponsor({ folder, quota });
    const midnight = (Math.floor(Date.now() / 86_400_000) + 1) * 86_400;
    await expect(askSponsor(second.place, three!)).rejects.toMatchObject({
      message: expect.stringMatching(
        /as many operations of this account.*Pay for the gas from the account itself, or wait until/,
      ),
      data: { error: 'sponsor-exhausted', quota: 'account', refillsAt: midnight, retry: 'later' },
    });
    await askSponsor(second.place, one!);
  });

  test('one account cannot be locked out by others, but the day ends for all', async () => {
    const { place: strict } = await anotherSponsor({ quota: { perAccount: 2, perDay: 3 } });
    const born = await newAccount(place);
    const [one, two] = await lanes(2);
    await askSponsor(strict, one!);
    await askSponsor(strict, two!);
    const callData = useMandate(place, born.terms, [dollars(place, 'transfer', receiver, 1n)]);
    const first = await prepare(place, born, { isBirth: true, byAgent: true, callData });
    await askSponsor(strict, first);
    const next = { ...first, nonce: agentNonceKey(place, 9) << 64n };
    await expect(askSponsor(strict, next)).rejects.toMatchObject({
      data: { error: 'sponsor-exhausted', quota: 'day' },
    });
  });

  test('a sponsor without money says so before it signs', async () => {
    const client = clientOf(place);
    const sponsorAbi = [
      {
        type: 'function',
        name: 'withdraw',
        stateMutability: 'nonpayable',
        inputs: [{ type: 'address' }, { type: 'uint256' }],
        outputs: [],
      },
    ] as const;
    const all = await deposit();
    const owner = addressOf(chain.deployerKey);
    const withdraw = (key: Hex, amount: bigint) =>
      sendFrom(chain.rpcUrl, key, {
        to: place.addresses.sponsor,
        data: encodeFunctionData({ abi: sponsorAbi, functionName: 'withdraw', args: [owner, amount] }),
      });
    expect((await withdraw(chain.payerKey, all)).status).toBe('reverted');
    expect((await withdraw(chain.deployerKey, all)).status).toBe('success');
    const operation = await prepare(place, account, { callData: transfer(1n) });
    await expect(askSponsor(place, operation)).rejects.toEqual(refused('sponsor-exhausted', 'no money left'));
    const data = encodeFunctionData({
      abi: entryPoint08Abi,
      functionName: 'depositTo',
      args: [place.addresses.sponsor],
    });
    await sendFrom(chain.rpcUrl, chain.deployerKey, { to: entryPoint08Address, data, value: all });
    await askSponsor(place, operation);
    expect(await client.getBalance({ address: account.address })).toBe(0n);
  });
});

describe('the sponsor’s service', () => {
  test('does not start with a key that its contract does not know', async () => {
    await expect(startSponsor({ ...base, signerKey: generatePrivateKey() })).rejects.toMatchObject({
      code: 'bad-input',
    });
  });

  test('says that the chain does not answer', async () => {
    const other = await startTestChain(chainId);
    const { chain: dying, rpcUrl } = other;
    await deployEntryPoint(rpcUrl, other.payerKey);
    const { sponsor, accountFactory } = await deployAccounts({
      rpcUrl,
      artifactsDir,
      payerKey: other.payerKey,
      owner: zeroAddress.replace(/0$/, '1') as Address,
      signer: addressOf(signerKey),
      minRecoveryDelay: 60,
      sponsorDeposit: 1n,
      factoryStake: 0n,
    });
    const { place: stranded } = await anotherSponsor({ rpcUrl, sponsor, factory: accountFactory });
    await dying.stop();
    const operation = { sender: receiver, nonce: 0n, callData: '0x', signature: zeroHash };
    await expect(askSponsor(stranded, operation)).rejects.toEqual(refused('chain-unreachable'));
    await expect(
      askSponsor(stranded, { ...operation, nonce: numberToHex(1) }, { chainId: 5 }),
    ).rejects.toEqual(refused('wrong-chain'));
  });
});
