import { spawn } from 'node:child_process';
import { type Address, createTestClient, http, publicActions } from 'viem';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { anvilBinary, until } from '../chain/testSupport.fixture.ts';
import { firstBlockOf } from './firstBlock.ts';

const oracle: Address = '0x00000000000000000000000000000000000000A1';
const absent: Address = '0x00000000000000000000000000000000000000A2';
const anvil = spawn(anvilBinary, ['--no-mining', '--accounts', '0', '--port', '0'], {
  stdio: ['ignore', 'pipe', 'ignore'],
});
let rpcUrl: string;

beforeAll(async () => {
  let said = '';
  anvil.stdout.on('data', (part) => {
    said += part;
  });
  rpcUrl = await until('anvil', async () => /Listening on ([\d.:]+)/.exec(said)?.[1]).then(
    (address) => `http://${address}`,
  );
  const chain = createTestClient({ mode: 'anvil', transport: http(rpcUrl) }).extend(publicActions);
  await chain.mine({ blocks: 37 });
  // It changes the newest block, the 37th.
  await chain.setCode({ address: oracle, bytecode: '0x00' });
  await chain.mine({ blocks: 64 });
});
afterAll(() => {
  anvil.kill('SIGKILL');
});

test('events are read from the block before the contracts came, however late one looks', async () => {
  expect(await firstBlockOf(rpcUrl, oracle, 101, undefined)).toBe(36);
  expect(await firstBlockOf(rpcUrl, oracle, 37, undefined)).toBe(36);
  // Deployed by this start: nothing was there before it.
  expect(await firstBlockOf(rpcUrl, absent, 90, undefined)).toBe(90);
});

test('what was found once is kept, for these contracts only; a server without old states gives 0', async () => {
  const kept = { addresses: { oracle, flightCover: absent }, firstBlock: 12 };
  expect(await firstBlockOf('http://127.0.0.1:1', oracle, 101, kept)).toBe(12);
  expect(await firstBlockOf(rpcUrl, absent, 90, kept)).toBe(90);
  // A block that the server does not have.
  expect(await firstBlockOf(rpcUrl, oracle, 5_000, undefined)).toBe(0);
});
