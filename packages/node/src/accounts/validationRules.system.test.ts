import {
  type Address,
  concatHex,
  createPublicClient,
  encodeFunctionData,
  type Hex,
  http,
  parseEther,
  toFunctionSelector,
} from 'viem';
import { entryPoint08Abi, entryPoint08Address } from 'viem/account-abstraction';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addressOf, sendFrom, startBareChain } from './accountsNetwork.fixture.ts';
import {
  dollars,
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
import {
  brokenRules,
  type Parties,
  traceValidation,
  type ValidationTrace,
} from './validationRules.fixture.ts';

const receiver: Address = '0x00000000000000000000000000000000000000aa';
let chain: Awaited<ReturnType<typeof startBareChain>>;
let place: Place;
/** One that is on the chain, and one that is not. */
let account: TestAccount;
let unborn: TestAccount;

beforeAll(async () => {
  chain = await startBareChain(31_343);
  place = chain.place;
  unborn = await newAccount(place, { takesPlayMoney: false });
  account = await newAccount(place, { takesPlayMoney: false });
  const callData = useMandate(place, account.terms, [nothing()]);
  const data = handleOps(await sponsoredOperation({ isBirth: true, byAgent: true, callData }), receiver);
  expect((await sendFrom(place.rpcUrl, chain.payerKey, { to: entryPoint08Address, data })).status).toBe(
    'success',
  );
});
afterAll(() => chain?.stop());

const client = () => createPublicClient({ transport: http(place.rpcUrl), cacheTime: 0 });
const trace = (operation: Operation) =>
  traceValidation(chain.anvil.upstream, handleOps(operation, receiver), addressOf(chain.payerKey));

async function rulesBroken(seen: ValidationTrace, parties: Parties): Promise<string[]> {
  const called = new Set(seen.happened.flatMap(({ to }) => to ?? []));
  const codes = new Map<string, boolean>();
  for (const address of called) codes.set(address, (await client().getCode({ address })) !== undefined);
  return brokenRules(seen, parties, (address) => codes.get(address) ?? false);
}

const parties = (changes: Partial<Parties> = {}): Parties => ({
  sender: account.address,
  paymaster: place.addresses.sponsor,
  staked: [place.addresses.accountFactory, place.addresses.sponsor],
  ...changes,
});

const nothing = () => dollars(place, 'transfer', receiver, 0n);

async function sponsoredOperation(
  wish: { byAgent?: boolean; isBirth?: boolean; callData: Hex },
  who = account,
) {
  return signed(place, who, await sponsored(place, await prepare(place, who, wish)), wish.byAgent);
}

describe('ERC-7562', () => {
  test('an account’s birth with a first act by its agent keeps the rules', async () => {
    const callData = useMandate(place, unborn.terms, [nothing()]);
    const operation = await sponsoredOperation({ isBirth: true, byAgent: true, callData }, unborn);
    const seen = await trace(operation);
    const born = { sender: unborn.address, factory: place.addresses.accountFactory };
    expect(await rulesBroken(seen, parties(born))).toEqual([]);
    // The trace is one of a whole validation: factory, account and paymaster were seen at work.
    expect(new Set(seen.happened.map(({ phase }) => phase))).toEqual(
      new Set(['factory', 'account', 'paymaster']),
    );
    // It can only be allowed because the factory has a stake.
    const unstaked = parties({ ...born, staked: [place.addresses.sponsor] });
    expect(await rulesBroken(seen, unstaked)).toContainEqual(expect.stringContaining('STO-022'));
  });

  test('an agent’s operation keeps the rules', async () => {
    const callData = useMandate(place, account.terms, [nothing()]);
    const seen = await trace(await sponsoredOperation({ byAgent: true, callData }));
    expect(await rulesBroken(seen, parties())).toEqual([]);
    // The mandate was looked up in the executor's storage: that is what the rule is about.
    const { mandateExecutor } = place.addresses;
    expect(seen.happened).toContainEqual(
      expect.objectContaining({ op: 'SLOAD', at: mandateExecutor.toLowerCase(), phase: 'account' }),
    );
  });

  test('an operation signed by passkey keeps the rules, sponsored or not', async () => {
    const callData = executeSingle(nothing());
    expect(await rulesBroken(await trace(await sponsoredOperation({ callData })), parties())).toEqual([]);
    await sendFrom(place.rpcUrl, chain.payerKey, { to: account.address, value: parseEther('1') });
    const own = await signed(place, account, await prepare(place, account, { callData }));
    const { paymaster: _, ...alone } = parties();
    expect(await rulesBroken(await trace(own), { ...alone, staked: [] })).toEqual([]);
  });
});

describe('the check itself', () => {
  test('sees the sponsor read its own storage, which only its stake allows', async () => {
    const operation = await sponsoredOperation({ callData: executeSingle(nothing()) });
    const seen = await trace(operation);
    expect(await rulesBroken(seen, parties({ staked: [] }))).toEqual([
      expect.stringMatching(/^STO-021: paymaster SLOAD/),
    ]);
  });

  test('sees that play money at birth touches what belongs to everybody', async () => {
    const greedy = await newAccount(place);
    const callData = useMandate(place, greedy.terms, [nothing()]);
    const operation = await sponsoredOperation({ isBirth: true, byAgent: true, callData }, greedy);
    const broken = await rulesBroken(
      await trace(operation),
      parties({ sender: greedy.address, factory: place.addresses.accountFactory }),
    );
    expect(broken).toContainEqual(expect.stringMatching(/^STO-021: factory SSTORE/));
  });

  test('sees what a bad account does', async () => {
    const bad: Address = '0x000000000000000000000000000000000000bad1';
    // TIMESTAMP; playDollar.totalSupply(); a call of an address without code; a send of 1 wei; GAS for itself; return 0
    const call = (to: Address, value: Hex) =>
      concatHex([
        '0x60206020600460005f',
        '0x50',
        '0x602060206004',
        '0x5f',
        value,
        '0x73',
        to,
        '0x5a',
        '0xf1',
        '0x50',
      ]);
    const code = concatHex([
      '0x4250',
      concatHex(['0x63', toFunctionSelector('totalSupply()'), '0x60e01b5f52']),
      call(place.addresses.playDollar, '0x5f'),
      call('0x000000000000000000000000000000000000dead', '0x5f'),
      call(place.addresses.mandateExecutor, '0x6001'),
      '0x5a50',
      '0x5f5f5260205ff3',
    ]);
    await chain.anvil.upstream.demand('anvil_setCode', bad, code);
    const data = encodeFunctionData({ abi: entryPoint08Abi, functionName: 'depositTo', args: [bad] });
    await sendFrom(place.rpcUrl, chain.payerKey, { to: entryPoint08Address, data, value: parseEther('1') });
    const operation = { ...(await prepare(place, account, { callData: '0x' })), sender: bad, nonce: 0n };
    const broken = await rulesBroken(await trace(operation), { sender: bad, staked: [] });
    for (const rule of [
      'OP-011: account TIMESTAMP',
      'OP-011: account GAS',
      'OP-041',
      'OP-061',
      'STO-021: account SLOAD',
    ])
      expect(broken).toContainEqual(expect.stringContaining(rule));
  });

  test('sees a validation that does not come to its end', async () => {
    const operation = await prepare(place, account, { callData: '0x' });
    const broken = await rulesBroken(await trace({ ...operation, verificationGasLimit: 10_000n }), parties());
    expect(broken).toContain('the validation did not come to its end');
  });
});
