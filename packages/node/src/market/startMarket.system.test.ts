import { type ChildProcess, fork } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  decodeMarketBody,
  isAtPrice,
  type MarketBody,
  movePoolTo,
  type Reserves,
  reservesAt,
  swapInPool,
  verifyMarketStatement,
} from '@lichen/protocol';
import { swapCall, uniswapPairAbi } from '@lichen/sdk';
import { createPublicClient, type Hex, http, parseEther } from 'viem';
import { generatePrivateKey } from 'viem/accounts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addressOf, artifactsDir, deployPlayDollar, sendFrom } from '../accounts/accountsNetwork.fixture.ts';
import { type Chain, startChain } from '../chain/startChain.ts';
import { anvilBinary, temporaryFolder, until } from '../chain/testSupport.fixture.ts';
import { deployMarket, type MarketAddresses } from '../deploy/deployMarket.ts';
import { loadMarketRecord } from './loadMarketRecord.ts';
import { firstDayOf, type MarketInit, startMarket } from './startMarket.ts';
import { faucetsOf, takePlayMoney } from './takePlayMoney.ts';

const chainId = 31_353;
const dataDir = join(import.meta.dirname, '../../../../applications/trading-agent/data');
const record = loadMarketRecord(dataDir);
const [makerKey, sourceKey, traderKey] = [generatePrivateKey(), generatePrivateKey(), generatePrivateKey()];
const { index: first, open: firstPrice } = firstDayOf(dataDir);
let chain: Chain;
let addresses: MarketAddresses;

beforeAll(async () => {
  chain = await startChain({
    folder: join(temporaryFolder(), 'chain'),
    anvilBinary,
    chainId,
    blockIntervalMs: 100,
    genesisBalances: [makerKey, traderKey].map((key) => ({
      address: addressOf(key),
      wei: parseEther('100'),
    })),
  });
  const playDollar = await deployPlayDollar(chain.url, makerKey);
  addresses = await deployMarket({ rpcUrl: chain.url, artifactsDir, makerKey, playDollar, firstPrice });
});
afterAll(() => chain?.stop());

const client = () => createPublicClient({ transport: http(chain.url), cacheTime: 0 });
const initOf = (folder: string, more: Partial<MarketInit> = {}): MarketInit => ({
  port: 0,
  rpcUrl: chain.url,
  chainId,
  folder,
  dataDir,
  makerKey,
  sourceKey,
  addresses,
  dayMs: 600,
  ...more,
});

async function poolNow(): Promise<Reserves> {
  const [one, other] = await client().readContract({
    address: addresses.pair,
    abi: uniswapPairAbi,
    functionName: 'getReserves',
  });
  return BigInt(addresses.dollar) < BigInt(addresses.share)
    ? { dollar: one, share: other }
    : { dollar: other, share: one };
}

async function ask(url: string, query = ''): Promise<MarketBody | undefined> {
  const response = await fetch(`${url}/v1/market/now${query}`);
  if (!response.ok) return undefined;
  const bytes = new Uint8Array(await response.arrayBuffer());
  const signature = response.headers.get('lichen-signature') as Hex;
  expect(response.headers.get('lichen-signer')).toBe(addressOf(sourceKey));
  return verifyMarketStatement({ chainId, pair: addresses.pair }, addressOf(sourceKey), bytes, signature);
}

/** Holds a body to the record: nothing of a day that has not come, and what it says is what was recorded. */
function holdToRecord(body: MarketBody, bars: number): void {
  const row = body.index;
  const [day, open] = record.bars[row]!;
  expect([body.day, body.open]).toEqual([day, open]);
  const end = body.phase === 'open' ? row : row + 1;
  expect(body.bars).toEqual(record.bars.slice(Math.max(0, end - bars), end));
}

const numberOf = ({ index, phase }: { readonly index: number; readonly phase: string }) =>
  index * 2 + (phase === 'open' ? 0 : 1);

describe('a market that runs', () => {
  test('tells signed, closed days in order, and the pool has the price before it is told', async () => {
    const market = await startMarket(initOf(temporaryFolder(), { dayMs: 1_500 }));
    try {
      const seen = new Map<number, MarketBody>();
      await until('five moments', async () => {
        const body = await ask(market.url, '?bars=30');
        if (body === undefined) return undefined;
        const pool = await poolNow();
        const again = await ask(market.url, '?bars=30');
        holdToRecord(body, 30);
        if (again !== undefined && numberOf(again) === numberOf(body)) {
          const state = numberOf(body);
          // Unless the maker is already on its way to the next moment, whose price nobody has been told.
          const wanted = body.phase === 'open' ? body.open : body.bars.at(-1)![4];
          const next = record.bars[body.phase === 'open' ? body.index : body.index + 1]!;
          const upcoming = body.phase === 'open' ? next[4] : next[1];
          expect(isAtPrice(pool, BigInt(wanted)) || isAtPrice(pool, BigInt(upcoming))).toBe(true);
          seen.set(state, body);
        }
        return seen.size >= 5 ? true : undefined;
      });
      const numbers = [...seen.keys()];
      expect(numbers).toEqual(Array.from(numbers, (_, at) => first * 2 + at));
    } finally {
      await market.stop();
    }
  });

  test('cannot be made to look ahead', async () => {
    const market = await startMarket(initOf(temporaryFolder(), { dayMs: 60_000 }));
    try {
      const now = await until('the first moment', () => ask(market.url));
      expect(now.phase).toBe('open');
      holdToRecord(now, 250);
      const newest = record.bars[first]!;
      const day = newest[0];
      const refused = [
        '?bars=501',
        '?bars=-1',
        '?bars=1e3',
        '?bars=0x10',
        '?bars=250.5',
        '?bars=',
        '?bars=NaN',
        `?bars=${'9'.repeat(30)}`,
      ];
      for (const query of refused) {
        expect((await fetch(`${market.url}/v1/market/now${query}`)).status, query).toBe(400);
      }
      const ignored = [
        '?index=99999',
        `?day=2009-03-09`,
        '?phase=close',
        '?at=9999999999',
        '?lap=3',
        '?bars=500&bars=1',
        '?bars=0&to=2020-01-01',
        '?offset=-5',
      ];
      for (const query of ignored) {
        const body = (await ask(market.url, query))!;
        expect(numberOf(body), query).toBe(first * 2);
        expect(body.bars.every(([date]) => date < day)).toBe(true);
      }
      const longest = (await ask(market.url, '?bars=500'))!;
      holdToRecord(longest, 500);
      const text = JSON.stringify(longest) + (await (await fetch(`${market.url}/v1/market/config`)).text());
      // Neither high, low nor close of the day that is open appears in anything that is said.
      for (const value of newest.slice(2)) expect(text).not.toContain(value);
      for (const path of ['now/1', `${day}`, 'bars', 'record', 'next', '../now', 'now%2f..', 'control', '']) {
        const response = await fetch(`${market.url}/v1/market/${path}`, { redirect: 'manual' });
        expect([400, 404], path).toContain(response.status);
      }
      for (const method of ['POST', 'PUT', 'DELETE']) {
        expect((await fetch(`${market.url}/v1/market/now`, { method })).status).toBe(404);
      }
    } finally {
      await market.stop();
    }
  });

  test('answers neither a foreign name nor a foreign page', async () => {
    const market = await startMarket(initOf(temporaryFolder(), { dayMs: 60_000 }));
    const statusFor = (headers: Record<string, string>) =>
      new Promise<number | undefined>((resolve, reject) => {
        const call = request(`${market.url}/v1/market/config`, { headers }, (response) => {
          response.resume();
          resolve(response.statusCode);
        });
        call.on('error', reject);
        call.end();
      });
    try {
      expect(await statusFor({})).toBe(200);
      expect(await statusFor({ host: 'evil.example' })).toBe(403);
      expect(await statusFor({ origin: 'https://evil.example' })).toBe(403);
    } finally {
      await market.stop();
    }
  });

  test('goes on where it was stopped, and keeps its own first day', async () => {
    const folder = temporaryFolder();
    const before = await startMarket(initOf(folder));
    const left = await until('the third day', async () => {
      const body = await ask(before.url, '?bars=2');
      return body !== undefined && body.index >= first + 2 ? body : undefined;
    });
    await before.stop();
    const after = await startMarket(initOf(folder, { firstDay: '2015-01-02', dayMs: 60_000 }));
    try {
      const body = await until('the next statement', () => ask(after.url, '?bars=2'));
      const passed = numberOf(body) - numberOf(left);
      expect(passed).toBeGreaterThanOrEqual(0);
      expect(passed).toBeLessThanOrEqual(2);
      holdToRecord(body, 2);
    } finally {
      await after.stop();
    }
    writeFileSync(join(folder, 'market.json'), '{"v":1,"index":99}');
    await expect(startMarket(initOf(folder))).rejects.toMatchObject({ code: 'state-damaged' });
  });

  test('begins again after the last day; the number of the day goes on, and history is that of the first day', async () => {
    const start = record.indexFrom('2020-04-16');
    const market = await startMarket(initOf(temporaryFolder(), { firstDay: '2020-04-16' }));
    try {
      const body = await until('the second run', async () => {
        const found = await ask(market.url, '?bars=3');
        return found !== undefined && found.index >= start + 2 ? found : undefined;
      });
      expect(body.index).toBe(start + 2);
      expect(body.day).toBe('2020-04-16');
      const end = start + (body.phase === 'open' ? 0 : 1);
      expect(body.bars).toEqual(record.bars.slice(end - 3, end));
      const config = (await (await fetch(`${market.url}/v1/market/config`)).json()) as { lap: number };
      expect(config.lap).toBe(1);
    } finally {
      await market.stop();
    }
  });

  test('brings the pool back when somebody has pushed it away', async () => {
    const folder = temporaryFolder();
    const market = await startMarket(initOf(folder, { dayMs: 2_000 }));
    try {
      const seen = await until('the first moment', () => ask(market.url, '?bars=1'));
      const faucet = faucetsOf(addresses.dollar, addresses.share).share;
      const [take] = takePlayMoney(addresses.faucetBatch, faucet, addressOf(traderKey), 1_000_000_000n);
      const approve = `0x095ea7b3${addresses.router.slice(2).padStart(64, '0')}${'f'.repeat(64)}` as Hex;
      for (const { to, data } of [
        { to: take!.to, data: take!.data! },
        { to: addresses.share, data: approve },
        swapCall(addresses, {
          from: 'share',
          amountIn: 1_000_000_000n,
          amountOutMin: 0n,
          to: addressOf(traderKey),
          deadline: 2n ** 40n,
        }),
      ]) {
        expect((await sendFrom(chain.url, traderKey, { to, data })).status).toBe('success');
      }
      await until('a later moment at its price', async () => {
        const body = await ask(market.url, '?bars=1');
        if (body === undefined || numberOf(body) <= numberOf(seen) + 1) return undefined;
        const wanted = body.phase === 'open' ? body.open : body.bars.at(-1)![4];
        return isAtPrice(await poolNow(), BigInt(wanted)) ? true : undefined;
      });
    } finally {
      await market.stop();
    }
  });
});

describe('a market that is killed', () => {
  const fixture = join(import.meta.dirname, 'marketChild.fixture.ts');
  const start = (init: MarketInit): Promise<{ readonly child: ChildProcess; readonly url: string }> =>
    new Promise((resolve, reject) => {
      const child = fork(fixture, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
      child.stdout!.on('data', (data: Buffer) => {
        for (const line of data.toString().split('\n').filter(Boolean)) {
          const said = JSON.parse(line) as { ready?: boolean; url?: string; fatal?: unknown };
          if (said.fatal !== undefined) reject(new Error(JSON.stringify(said.fatal)));
          if (said.ready === true) resolve({ child, url: said.url! });
        }
      });
      child.once('error', reject);
      child.send(init);
    });
  const kill = (child: ChildProcess) =>
    new Promise<void>((resolve) => {
      child.once('exit', () => resolve());
      child.kill('SIGKILL');
    });

  test('at any step trades for each moment once, to the same reserves as in memory', async () => {
    // Alone on a pool of its own, so that every swap is the market's.
    const own = generatePrivateKey();
    const aloneKey = generatePrivateKey();
    const alone = await startChain({
      folder: join(temporaryFolder(), 'chain'),
      anvilBinary,
      chainId,
      blockIntervalMs: 100,
      genesisBalances: [{ address: addressOf(own), wei: parseEther('100') }],
    });
    try {
      const playDollar = await deployPlayDollar(alone.url, own);
      const market = await deployMarket({
        rpcUrl: alone.url,
        artifactsDir,
        makerKey: own,
        playDollar,
        firstPrice,
      });
      const folder = temporaryFolder();
      const init = initOf(folder, {
        rpcUrl: alone.url,
        makerKey: own,
        sourceKey: aloneKey,
        addresses: market,
        dayMs: 100,
      });
      const file = join(folder, 'market.json');
      const stateNow = () =>
        JSON.parse(readFileSync(file, 'utf8')) as {
          index: number;
          phase: 'open' | 'close';
          isReached: boolean;
        };
      const numberNow = () => numberOf(stateNow());
      for (let round = 0; round < 4; round += 1) {
        const { child } = await start(init);
        const began = numberNow();
        // Each at another point of a move: blocks come ten times a second.
        await until('the next move', async () =>
          numberNow() > began && !stateNow().isReached ? true : undefined,
        );
        await sleep((round * 47) % 170);
        await kill(child);
      }
      const { child } = await start(init);
      const goal = first * 2 + 9;
      await until('a later moment', async () =>
        numberNow() >= goal && stateNow().isReached ? true : undefined,
      );
      child.kill('SIGSTOP');
      const state = stateNow();
      await kill(child);
      const reader = createPublicClient({ transport: http(alone.url), cacheTime: 0 });
      // What was sent before the stop is mined by then.
      await sleep(400);
      const swaps = await reader.getContractEvents({
        address: market.pair,
        abi: uniswapPairAbi,
        eventName: 'Swap',
        fromBlock: 0n,
        strict: true,
      });
      let pool = reservesAt(firstPrice, 20_000_000_000_000n);
      const isDollarFirst = BigInt(market.dollar) < BigInt(market.share);
      let expected = 0;
      const last = state.index * 2 + (state.phase === 'open' ? 0 : 1) + (state.isReached ? 0 : -1);
      for (let number = first * 2; number <= last; number += 1) {
        const [, open, , , close] = record.bars[Math.floor(number / 2)]!;
        const swap = movePoolTo(pool, BigInt(number % 2 === 0 ? open : close));
        if (swap === undefined) continue;
        const { args } = swaps[expected]!;
        const amountIn = (swap.from === 'dollar') === isDollarFirst ? args.amount0In : args.amount1In;
        expect(amountIn).toBe(swap.amountIn);
        pool = swapInPool(pool, swap.from, swap.amountIn).reserves;
        expected += 1;
      }
      expect(expected).toBeGreaterThan(4);
      // One more at most: that of a moment which was being reached when the process ended.
      expect(swaps.length - expected).toBeLessThanOrEqual(state.isReached ? 0 : 1);
    } finally {
      await alone.stop();
    }
  });
});

test('a body of the market is read back as it is', async () => {
  const market = await startMarket(initOf(temporaryFolder(), { dayMs: 60_000 }));
  try {
    await until('the first moment', () => ask(market.url));
    const response = await fetch(`${market.url}/v1/market/now?bars=2`);
    const bytes = new Uint8Array(await response.arrayBuffer());
    expect(decodeMarketBody(bytes).bars.length).toBe(2);
    expect(response.headers.get('cache-control')).toBe('no-store');
  } finally {
    await market.stop();
  }
});
