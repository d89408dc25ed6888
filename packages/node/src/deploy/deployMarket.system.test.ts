import { fc } from '@fast-check/vitest';
import {
  amountInOf,
  amountOutOf,
  movePoolTo,
  poolPriceOf,
  type Reserves,
  reservesAt,
  swapInPool,
} from '@lichen/protocol';
import { playDollarAbi, swapCall, uniswapPairAbi, uniswapRouterAbi } from '@lichen/sdk';
import { createPublicClient, encodeFunctionData, type Hex, http, numberToHex, parseEther } from 'viem';
import { generatePrivateKey } from 'viem/accounts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addressOf, artifactsDir, deployPlayDollar } from '../accounts/accountsNetwork.fixture.ts';
import { type AnvilProcess, startAnvil } from '../chain/anvilProcess.ts';
import { anvilBinary } from '../chain/testSupport.fixture.ts';
import { createMarketMaker } from '../market/marketMaker.ts';
import { type DeployMarketInit, deployMarket, type MarketAddresses } from './deployMarket.ts';
import { createSender } from './sender.ts';

const chainId = 31_351;
const firstPrice = 1_527_290_039n;
const seedDollars = 20_000_000_000_000n;
const [makerKey, traderKey] = [generatePrivateKey(), generatePrivateKey()];
let anvil: AnvilProcess;
let rpcUrl: string;
let init: DeployMarketInit;
let market: MarketAddresses;
const clientOf = () => createPublicClient({ transport: http(rpcUrl), cacheTime: 0 });

beforeAll(async () => {
  anvil = await startAnvil({
    binary: anvilBinary,
    chainId,
    genesisTimestamp: Math.floor(Date.now() / 1000) - 1,
    hardfork: 'osaka',
  });
  await anvil.upstream.demand('evm_setAutomine', true);
  for (const key of [makerKey, traderKey]) {
    await anvil.upstream.demand('anvil_setBalance', addressOf(key), numberToHex(parseEther('1000')));
  }
  rpcUrl = `http://${anvil.host}:${anvil.port}`;
  init = {
    rpcUrl,
    artifactsDir,
    makerKey,
    playDollar: await deployPlayDollar(rpcUrl, makerKey),
    firstPrice,
    seedDollars,
  };
  market = await deployMarket(init);
});
afterAll(() => anvil?.kill());

async function reserves(): Promise<Reserves> {
  const [first, second] = await clientOf().readContract({
    address: market.pair,
    abi: uniswapPairAbi,
    functionName: 'getReserves',
  });
  return BigInt(market.dollar) < BigInt(market.share)
    ? { dollar: first, share: second }
    : { dollar: second, share: first };
}

describe('deployMarket', () => {
  test('leaves a pool at the first price, with the router’s own pair and no fee setter', async () => {
    const seed = reservesAt(firstPrice, seedDollars);
    expect(await reserves()).toEqual(seed);
    expect(poolPriceOf(seed) - firstPrice).toBeLessThanOrEqual(1n);
    const setter = await clientOf().readContract({
      address: market.factory,
      abi: [
        {
          type: 'function',
          name: 'feeToSetter',
          stateMutability: 'view',
          inputs: [],
          outputs: [{ type: 'address' }],
        },
      ],
      functionName: 'feeToSetter',
    });
    expect(BigInt(setter)).toBe(0n);
  });

  test('sends nothing when everything is there', async () => {
    const count = () => clientOf().getTransactionCount({ address: addressOf(makerKey) });
    const before = await count();
    expect(await deployMarket({ ...init, firstPrice: 1n })).toEqual(market);
    expect(await count()).toBe(before);
  });
});

describe('our arithmetic is the contracts’', () => {
  test('getAmountOut and getAmountIn, to the base unit or refused by both', async () => {
    const client = clientOf();
    const ask = (functionName: 'getAmountOut' | 'getAmountIn', args: readonly [bigint, bigint, bigint]) =>
      client
        .readContract({ address: market.router, abi: uniswapRouterAbi, functionName, args })
        .catch(() => undefined);
    const ours = (compute: () => bigint) => {
      try {
        return compute();
      } catch {
        return undefined;
      }
    };
    // Sizes spread over the bits, so that tiny and huge ones meet.
    const amount = fc
      .tuple(fc.integer({ min: 0, max: 111 }), fc.bigInt({ min: 0n, max: 2n ** 112n - 1n }))
      .map(([bits, value]) => value >> BigInt(bits));
    await fc.assert(
      fc.asyncProperty(amount, amount, amount, async (some, first, second) => {
        const got = await Promise.all([
          ask('getAmountOut', [some, first, second]),
          ask('getAmountIn', [some, first, second]),
        ]);
        expect([
          ours(() => amountOutOf(some, first, second)),
          ours(() => amountInOf(some, first, second)),
        ]).toEqual(got);
      }),
      { numRuns: 300 },
    );
  });

  test('240 swaps of any size, one after the other, leave pair and memory equal', async () => {
    const trader = createSender(clientOf() as never, rpcUrl, traderKey);
    const address = addressOf(traderKey);
    const call = (to: Hex, functionName: 'faucet' | 'approve', args: readonly unknown[]) => ({
      what: functionName,
      to,
      data: encodeFunctionData({ abi: playDollarAbi, functionName, args } as never),
      gas: 120_000n,
    });
    await trader.sendAll([
      ...Array.from({ length: 20 }, () => call(market.dollar, 'faucet', [10_000_000_000n])),
      ...Array.from({ length: 20 }, () => call(market.share, 'faucet', [10_000_000n])),
      call(market.dollar, 'approve', [market.router, 2n ** 255n]),
      call(market.share, 'approve', [market.router, 2n ** 255n]),
    ]);
    const held = { dollar: 200_000_000_000n, share: 200_000_000n };
    let pool = await reserves();
    let random = 0x2545f491n;
    const swaps = Array.from({ length: 240 }, () => {
      random = (random * 6_364_136_223_846_793_005n + 1_442_695_040_888_963_407n) % 2n ** 64n;
      const from = random & (1n << 40n) ? ('dollar' as const) : ('share' as const);
      const shift = (random >> 50n) % 20n;
      const amountIn = ((held[from] / 3n) >> shift) + 1_000_000n / (from === 'share' ? 1_000n : 1n);
      const done = swapInPool(pool, from, amountIn);
      pool = done.reserves;
      held[from] -= amountIn;
      held[from === 'dollar' ? 'share' : 'dollar'] += done.amountOut;
      return { from, amountIn, amountOutMin: done.amountOut };
    });
    await trader.sendAll(
      swaps.map((swap) => ({
        what: 'a swap',
        ...swapCall(market, { ...swap, to: address, deadline: 2n ** 64n }),
        gas: 250_000n,
      })),
    );
    expect(await reserves()).toEqual(pool);
    const balances = await Promise.all(
      [market.dollar, market.share].map((token) =>
        clientOf().readContract({
          address: token,
          abi: playDollarAbi,
          functionName: 'balanceOf',
          args: [address],
        }),
      ),
    );
    expect(balances).toEqual([held.dollar, held.share]);
  });

  test('the market maker goes to prices near and far as the rule says, and does nothing when asked again', async () => {
    const maker = createMarketMaker({ rpcUrl, chainId, makerKey, addresses: market });
    for (const price of [1_549_020_020n, 676_530_029n, 3_386_149_902n, 1_527_290_039n]) {
      const before = await reserves();
      const swap = movePoolTo(before, price)!;
      expect(await maker.moveTo(price)).toBe(1);
      const after = await reserves();
      expect(after).toEqual(swapInPool(before, swap.from, swap.amountIn).reserves);
      const distance = poolPriceOf(after) - price;
      expect((distance < 0n ? -distance : distance) * 1_000_000n).toBeLessThanOrEqual(price);
      const count = () => clientOf().getTransactionCount({ address: addressOf(makerKey) });
      const sent = await count();
      expect(await maker.moveTo(price)).toBe(0);
      expect(await count()).toBe(sent);
    }
  });
});
