import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Hex, keccak256, parseEther } from 'viem';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { afterEach, describe, expect, test } from 'vitest';
import { freePorts } from '../network/freePorts.ts';
import { type RunningChild, startChild } from '../supervisor/childProcess.ts';
import { anvilBinary, rpc, type SeenBlock, temporaryFolder, until } from './testSupport.fixture.ts';

const chainId = 31_338;
const fixture = join(import.meta.dirname, 'chainChild.fixture.ts');
const receiver = '0x00000000000000000000000000000000000ca5e5';

let child: RunningChild | undefined;
afterEach(async () => {
  child?.process.kill('SIGTERM');
  await child?.exited;
});

/** A chain in a process of its own that can be killed and started again at the same address. */
async function killableChain() {
  const folder = temporaryFolder();
  const [port] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const accounts = Array.from({ length: 3 }, () => privateKeyToAccount(generatePrivateKey()));
  const events: string[] = [];
  const start = async () => {
    child = startChild(
      {
        name: 'chain',
        argv: [process.execPath, '--disable-warning=ExperimentalWarning', fixture],
        env: process.env,
        message: {
          folder,
          anvilBinary,
          chainId,
          port,
          blockIntervalMs: 150,
          snapshotEveryBlocks: 15,
          genesisBalances: accounts.map(({ address }) => ({ address, wei: parseEther('10').toString() })),
        },
      },
      join(folder, 'child.log'),
      (text) => events.push(text),
    );
    await child.ready;
  };
  return { folder, url, accounts, events, start };
}

async function anvilPidOf(url: string): Promise<number> {
  const health = (await (await fetch(`${url}/v1/health`)).json()) as { anvilPid: number };
  return health.anvilPid;
}

describe('a chain whose processes are killed under load', () => {
  test('loses and doubles no acknowledged transaction, and changes no block that was ever seen', async () => {
    const { url, accounts, start } = await killableChain();
    await start();
    const seen = new Map<number, Hex>();
    const acknowledged: Hex[] = [];
    let isLoaded = true;

    async function send(account: (typeof accounts)[number]): Promise<void> {
      for (let nonce = 0; isLoaded; nonce += 1) {
        const raw = await account.signTransaction({
          chainId,
          nonce,
          to: receiver,
          value: 1n,
          gas: 21_000n,
          type: 'eip1559',
          maxFeePerGas: 5_000_000_000n,
          maxPriorityFeePerGas: 1_000_000_000n,
        });
        await until(`transaction ${nonce}`, () => rpc<Hex>(url, 'eth_sendRawTransaction', raw));
        acknowledged.push(keccak256(raw));
        await sleep(5);
      }
    }
    async function watch(): Promise<void> {
      while (isLoaded) {
        const block = await until('a block', () =>
          rpc<SeenBlock>(url, 'eth_getBlockByNumber', 'latest', false),
        );
        const number = Number(block.number);
        const before = seen.get(number);
        if (before !== undefined) expect(block.hash).toBe(before);
        seen.set(number, block.hash);
        await sleep(3);
      }
    }

    const load = Promise.all([...accounts.map(send), watch()]);
    const kills: ((anvil: number) => void)[] = [
      (anvil) => process.kill(anvil, 'SIGKILL'),
      () => child!.process.kill('SIGKILL'),
      (anvil) => {
        child!.process.kill('SIGKILL');
        try {
          process.kill(anvil, 'SIGKILL');
        } catch {
          // It ends with its parent, and may have been quicker: both are dead, as they should be.
        }
      },
    ];
    for (let round = 0; round < 9; round += 1) {
      await sleep(300 + Math.random() * 900);
      const anvil = await until('health', () => anvilPidOf(url));
      const before = child!.process;
      kills[round % kills.length]!(anvil);
      if (round % kills.length === 0) {
        await until('another anvil', async () => ((await anvilPidOf(url)) === anvil ? undefined : true));
        expect(child!.process).toBe(before);
      } else {
        await child!.exited;
        // Whoever kills the chain must not leave its anvil behind.
        await until('the end of anvil', async () => {
          try {
            process.kill(anvil, 0);
            return undefined;
          } catch {
            return true;
          }
        });
        await start();
      }
    }
    isLoaded = false;
    await load;

    expect(acknowledged.length).toBeGreaterThan(30);
    for (const hash of acknowledged) {
      const receipt = await until(
        'a receipt',
        async () => (await rpc<{ status: Hex } | null>(url, 'eth_getTransactionReceipt', hash)) ?? undefined,
      );
      expect(receipt.status).toBe('0x1');
    }
    expect(BigInt(await rpc<Hex>(url, 'eth_getBalance', receiver, 'latest'))).toBe(
      BigInt(acknowledged.length),
    );
    const head = Number(await rpc<Hex>(url, 'eth_blockNumber'));
    const mined: Hex[] = [];
    let last = 0;
    for (let number = 1; number <= head; number += 1) {
      const block = await rpc<SeenBlock>(url, 'eth_getBlockByNumber', `0x${number.toString(16)}`, false);
      if (seen.has(number)) expect(block.hash).toBe(seen.get(number));
      expect(Number(block.timestamp)).toBeGreaterThan(last);
      last = Number(block.timestamp);
      mined.push(...block.transactions);
    }
    expect(mined.toSorted()).toEqual(acknowledged.toSorted());
    expect(seen.size).toBeGreaterThan(10);
  });
});
