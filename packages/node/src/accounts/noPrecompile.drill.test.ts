import type { Address } from 'viem';
import { parseEther } from 'viem';
import { generatePrivateKey } from 'viem/accounts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePorts } from '../network/freePorts.ts';
import { addressOf, sendFrom, startBareChain } from './accountsNetwork.fixture.ts';
import {
  act,
  bundled,
  clientOf,
  dollars,
  executeSingle,
  newAccount,
  type Place,
  prepare,
  signed,
  sponsored,
  type TestAccount,
  useMandate,
} from './operations.fixture.ts';
import { type Bundler, startBundler } from './startBundler.ts';

// A chain by the rules of Prague, which knows no P-256: passkeys are verified by a contract, at 200,000 gas and more.
const receiver: Address = '0x00000000000000000000000000000000000000aa';
let chain: Awaited<ReturnType<typeof startBareChain>>;
let bundler: Bundler;
let place: Place;
let account: TestAccount;

beforeAll(async () => {
  chain = await startBareChain(31_344, 'prague');
  const executorKey = generatePrivateKey();
  await sendFrom(chain.place.rpcUrl, chain.payerKey, { to: addressOf(executorKey), value: parseEther('10') });
  const [port] = await freePorts(1);
  bundler = await startBundler({
    rpcUrl: chain.place.rpcUrl,
    host: '127.0.0.1',
    port: port!,
    executorKey,
    simulations: chain.simulations,
    onFatal: (error) => {
      throw error;
    },
  });
  place = { ...chain.place, bundlerUrl: bundler.url };
  account = await newAccount(place);
});
afterAll(async () => {
  await bundler?.stop();
  await chain?.stop();
});

test('the chain has no precompile for P-256', async () => {
  const nothing = await clientOf(place).call({
    to: '0x0000000000000000000000000000000000000100',
    data: `0x${'11'.repeat(160)}`,
  });
  expect(nothing.data).toBeUndefined();
});

test('an account comes to life and acts by its agent', async () => {
  const callData = useMandate(place, account.terms, [dollars(place, 'transfer', receiver, 5n)]);
  expect(await act(place, account, { isBirth: true, byAgent: true, callData })).toMatchObject({
    success: true,
  });
});

test('an operation signed by passkey is verified and sponsored, with more gas for its verification', async () => {
  const callData = executeSingle(dollars(place, 'transfer', receiver, 7n));
  const wished = { ...(await prepare(place, account, { callData })), verificationGasLimit: 1_000_000n };
  const receipt = await bundled(place, await signed(place, account, await sponsored(place, wished)));
  expect(receipt.success).toBe(true);
  expect(BigInt(receipt.receipt.gasUsed)).toBeGreaterThan(250_000n);
});
