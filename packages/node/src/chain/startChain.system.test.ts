import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { writeFileDurably } from '@lichen/journal';
import { type Hex, keccak256, parseEther } from 'viem';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { afterEach, describe, expect, test } from 'vitest';
import { listSnapshots } from './snapshots.ts';
import { type Chain, type ChainInit, startChain } from './startChain.ts';
import { anvilBinary, post, rpc, type SeenBlock, temporaryFolder, until } from './testSupport.fixture.ts';

const chainId = 31_338;
const account = privateKeyToAccount(generatePrivateKey());
const receiver = '0x00000000000000000000000000000000000ca5e5';
const running: Chain[] = [];
afterEach(async () => {
  for (const chain of running.splice(0)) await chain.stop();
});

async function start(folder: string, changes: Partial<ChainInit> = {}): Promise<Chain> {
  const chain = await startChain({
    folder,
    anvilBinary,
    chainId,
    blockIntervalMs: 100,
    genesisBalances: [{ address: account.address, wei: parseEther('10') }],
    ...changes,
  });
  running.push(chain);
  return chain;
}

const signed = (nonce: number) =>
  account.signTransaction({
    chainId,
    nonce,
    to: receiver,
    value: 1n,
    gas: 21_000n,
    type: 'eip1559',
    maxFeePerGas: 5_000_000_000n,
    maxPriorityFeePerGas: 1_000_000_000n,
  });

async function mined(url: string, nonce: number): Promise<Hex> {
  const hash = await rpc<Hex>(url, 'eth_sendRawTransaction', await signed(nonce));
  await until(
    'a receipt',
    async () => (await rpc<object | null>(url, 'eth_getTransactionReceipt', hash)) ?? undefined,
  );
  return hash;
}

async function blocksUntil(chain: Chain, number: number): Promise<void> {
  await until(`block ${number}`, async () => (chain.health().blockNumber >= number ? true : undefined));
}

/** Ends a chain as a power cut would: the files stay as they are, no last snapshot is written. */
async function copyOfRunning(folder: string): Promise<string> {
  const copy = join(temporaryFolder(), 'copy');
  mkdirSync(copy);
  for (const name of readdirSync(folder)) copyFileSync(join(folder, name), join(copy, name));
  return copy;
}

const filesOf = (folder: string) =>
  Object.fromEntries(
    readdirSync(folder).map((name) => [name, readFileSync(join(folder, name)).toString('base64')]),
  );

describe('startChain', () => {
  test('goes on after a stop with the same blocks, receipts and logs', async () => {
    const folder = temporaryFolder();
    const first = await start(folder);
    const hash = await mined(first.url, 0);
    const block = await rpc<SeenBlock>(first.url, 'eth_getBlockByNumber', 'latest', false);
    await first.stop();
    const second = await start(folder);
    expect(second.genesisHash).toBe(first.genesisHash);
    expect(await rpc<object>(second.url, 'eth_getTransactionReceipt', hash)).toMatchObject({ status: '0x1' });
    expect((await rpc<SeenBlock>(second.url, 'eth_getBlockByNumber', block.number, false)).hash).toBe(
      block.hash,
    );
    await mined(second.url, 1);
    expect(await rpc<Hex>(second.url, 'eth_getBalance', receiver, 'latest')).toBe('0x2');
  });

  test('gives the same answer to a transaction that is sent again, waiting or mined', async () => {
    const { url } = await start(temporaryFolder());
    const raw = await signed(0);
    const hash = keccak256(raw);
    expect(await Promise.all([1, 2, 3].map(() => rpc(url, 'eth_sendRawTransaction', raw)))).toEqual([
      hash,
      hash,
      hash,
    ]);
    await until(
      'a receipt',
      async () => (await rpc<object | null>(url, 'eth_getTransactionReceipt', hash)) ?? undefined,
    );
    expect(await rpc(url, 'eth_sendRawTransaction', raw)).toBe(hash);
  });

  test('does not bring back a transaction that was refused', async () => {
    const folder = temporaryFolder();
    const { url } = await start(folder);
    const poor = privateKeyToAccount(generatePrivateKey());
    const raw = await poor.signTransaction({
      chainId,
      nonce: 0,
      to: receiver,
      value: 1n,
      gas: 21_000n,
      gasPrice: 5_000_000_000n,
      type: 'legacy',
    });
    await expect(rpc(url, 'eth_sendRawTransaction', raw)).rejects.toThrow(/funds/i);
    // Now it could be paid: a chain that kept it would mine it after its next start.
    const nonceMoney = await account.signTransaction({
      chainId,
      nonce: 0,
      to: poor.address,
      value: parseEther('1'),
      gas: 21_000n,
      gasPrice: 5_000_000_000n,
      type: 'legacy',
    });
    const hash = await rpc<Hex>(url, 'eth_sendRawTransaction', nonceMoney);
    await until(
      'a receipt',
      async () => (await rpc<object | null>(url, 'eth_getTransactionReceipt', hash)) ?? undefined,
    );
    const again = await start(await copyOfRunning(folder));
    await blocksUntil(again, again.health().blockNumber + 3);
    expect(await rpc(again.url, 'eth_getTransactionReceipt', keccak256(raw))).toBeNull();
    expect(again.health().pendingTransactions).toBe(0);
  });

  test('falls back on the snapshot before a damaged one, and says so', async () => {
    const folder = temporaryFolder();
    const chain = await start(folder, { snapshotEveryBlocks: 5 });
    await mined(chain.url, 0);
    await until('two snapshots', async () => (listSnapshots(folder).length === 2 ? true : undefined));
    const copy = await copyOfRunning(folder);
    const newest = listSnapshots(copy)[0]!;
    truncateSync(newest.path, readFileSync(newest.path).length - 7);
    const said: string[] = [];
    const again = await start(copy, { onEvent: (event) => said.push(event) });
    expect(said.join()).toContain(newest.path);
    const { blockNumber } = again.health();
    expect(blockNumber).toBeGreaterThanOrEqual(newest.number);
    const tag = `0x${newest.number.toString(16)}`;
    expect((await rpc<SeenBlock>(again.url, 'eth_getBlockByNumber', tag, false)).hash).toBe(
      (await rpc<SeenBlock>(chain.url, 'eth_getBlockByNumber', tag, false)).hash,
    );
  });

  test('refuses, naming the file and deleting nothing, when no snapshot is whole and the first log is gone', async () => {
    const folder = temporaryFolder();
    const chain = await start(folder, { snapshotEveryBlocks: 4 });
    await blocksUntil(chain, 14);
    await chain.stop();
    for (const { path } of listSnapshots(folder)) writeFileSync(path, 'not a snapshot');
    const before = filesOf(folder);
    await expect(start(folder)).rejects.toMatchObject({
      code: 'state-damaged',
      message: expect.stringContaining(listSnapshots(folder)[0]!.path),
    });
    expect(filesOf(folder)).toEqual(before);
  });

  test('refuses a log with a changed byte, naming it and deleting nothing', async () => {
    const folder = temporaryFolder();
    const chain = await start(folder);
    await blocksUntil(chain, 5);
    const copy = await copyOfRunning(folder);
    const path = join(copy, 'wal-0.log');
    const bytes = readFileSync(path);
    bytes[Math.floor(bytes.length / 2)]! ^= 1;
    writeFileSync(path, bytes);
    const before = filesOf(copy);
    await expect(start(copy)).rejects.toMatchObject({
      code: 'state-damaged',
      message: expect.stringContaining(path),
    });
    expect(filesOf(copy)).toEqual(before);
  });

  test('refuses a log that is whole but belongs to another chain', async () => {
    const folder = temporaryFolder();
    const chain = await start(folder);
    await blocksUntil(chain, 3);
    const copy = await copyOfRunning(folder);
    const genesis = JSON.parse(readFileSync(join(copy, 'genesis.json'), 'utf8'));
    genesis.balances[0].wei = parseEther('11').toString();
    writeFileDurably(join(copy, 'genesis.json'), JSON.stringify(genesis));
    await expect(start(copy)).rejects.toMatchObject({
      code: 'state-damaged',
      message: expect.stringContaining('replaying block 1 gave another block'),
    });
  });

  test('cuts off a torn tail and goes on', async () => {
    const folder = temporaryFolder();
    const chain = await start(folder);
    await blocksUntil(chain, 4);
    const copy = await copyOfRunning(folder);
    const path = join(copy, 'wal-0.log');
    const whole = readFileSync(path).length;
    truncateSync(path, whole - 3);
    const again = await start(copy);
    await blocksUntil(again, again.health().blockNumber + 2);
  });

  test('answers nothing while the disk is full, and goes on with nothing lost when there is room', async () => {
    const folder = temporaryFolder();
    let isFull = false;
    const said: string[] = [];
    const chain = await start(folder, {
      onEvent: (event) => said.push(event),
      logOptions: {
        write: (descriptor, bytes, offset, position) => {
          if (!isFull) return writeSync(descriptor, bytes, offset, bytes.length - offset, position);
          throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
        },
      },
    });
    await mined(chain.url, 0);
    isFull = true;
    const refused = await rpc(chain.url, 'eth_sendRawTransaction', await signed(1)).catch((error) => error);
    expect(refused).toMatchObject({ data: { error: 'disk-full', retry: 'after-fix' } });
    await until('the halt', async () => (chain.health().state === 'halted' ? true : undefined));
    await expect(rpc(chain.url, 'eth_blockNumber')).rejects.toMatchObject({ data: { error: 'disk-full' } });
    const copy = await copyOfRunning(folder);
    isFull = false;
    await until('going on', async () => (chain.health().state === 'running' ? true : undefined));
    await mined(chain.url, 1);
    expect(await rpc<Hex>(chain.url, 'eth_getBalance', receiver, 'latest')).toBe('0x2');
    expect(said.join()).toContain('There is room on the disk again');
    // A crash at the fullest moment loses only what nobody was told.
    const again = await start(copy);
    expect(await rpc<Hex>(again.url, 'eth_getBalance', receiver, 'latest')).toBe('0x1');
  });

  test('refuses the state of another chain, a taken port and a folder in use', async () => {
    const folder = temporaryFolder();
    const chain = await start(folder);
    await expect(start(folder)).rejects.toMatchObject({ code: 'already-running' });
    await chain.stop();
    await expect(start(folder, { chainId: 31_339 })).rejects.toMatchObject({ code: 'wrong-chain' });
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as { port: number };
    await expect(start(folder, { port })).rejects.toMatchObject({ code: 'port-in-use' });
    await new Promise((resolve) => taken.close(resolve));
    await start(folder, { port });
  });
});

describe('the face of the chain', () => {
  test('refuses what is not for callers, in single requests and in batches', async () => {
    const { url } = await start(temporaryFolder());
    const refused = [
      'anvil_setBalance',
      'anvil_dumpState',
      'evm_mine',
      'hardhat_setCode',
      'debug_traceTransaction',
    ];
    refused.push(
      'eth_sendTransaction',
      'eth_sign',
      'eth_signTypedData_v4',
      'eth_accounts',
      'eth_sendUnsignedTransaction',
    );
    refused.push(
      'eth_newFilter',
      'txpool_content',
      'anvil_impersonateAccount',
      'personal_sign',
      'ETH_BLOCKNUMBER',
      '__proto__',
    );
    const calls = refused.map((method, id) => ({ jsonrpc: '2.0', id, method, params: [] }));
    for (const call of calls) {
      expect((await post(url, call)).body).toMatchObject({ id: call.id, error: { code: -32601 } });
    }
    const batch = await post(url, [...calls, { jsonrpc: '2.0', id: 'good', method: 'eth_chainId' }]);
    expect(batch.body).toHaveLength(calls.length + 1);
    expect(
      batch.body.slice(0, -1).every((reply: { error?: { code: number } }) => reply.error?.code === -32601),
    ).toBe(true);
    expect(batch.body.at(-1)).toEqual({ jsonrpc: '2.0', id: 'good', result: '0x7a6a' });
  });

  test('refuses foreign pages and foreign names', async () => {
    const { url } = await start(temporaryFolder());
    const call = { jsonrpc: '2.0', id: 1, method: 'eth_chainId', params: [] };
    expect((await post(url, call, { host: 'rebound.example' })).status).toBe(403);
    expect((await post(url, call, { origin: 'https://evil.example' })).status).toBe(403);
    expect((await post(url, call, { origin: 'http://localhost:5173' })).body.result).toBe('0x7a6a');
  });

  test('refuses what is no request, too many and too much', async () => {
    const { url } = await start(temporaryFolder());
    expect((await post(url, '{"jsonrpc":')).body.error.code).toBe(-32700);
    expect((await post(url, '[]')).body.error.code).toBe(-32600);
    expect(
      (await post(url, '[1,null]')).body.map((reply: { error: { code: number } }) => reply.error.code),
    ).toEqual([-32600, -32600]);
    expect(
      (
        await post(
          url,
          Array.from({ length: 101 }, () => ({ method: 'eth_chainId' })),
        )
      ).body.error.code,
    ).toBe(-32600);
    // The server stops reading: the caller sees the refusal, or a connection that ends while it still writes.
    const large = JSON.stringify({ method: 'eth_call', params: ['x'.repeat(3 << 20)] });
    expect([413, 'cut']).toContain(
      await post(url, large).then(
        ({ status }) => status,
        () => 'cut',
      ),
    );
    expect(
      (await post(url, { jsonrpc: '2.0', id: 1, method: 'eth_sendRawTransaction', params: ['0x02ff'] })).body
        .error,
    ).toBeDefined();
    expect(
      (await post(url, { jsonrpc: '2.0', id: 1, method: 'eth_sendRawTransaction', params: [5] })).body.error
        .code,
    ).toBe(-32602);
  });
});
