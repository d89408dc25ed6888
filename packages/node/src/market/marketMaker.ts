import { setTimeout as sleep } from 'node:timers/promises';
import { LichenError, movePoolTo, type PoolSwap, type Reserves } from '@lichen/protocol';
import { playDollarAbi, swapCall, uniswapPairAbi } from '@lichen/sdk';
import { createPublicClient, type Hex, http, type PublicClient } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import type { MarketAddresses } from '../deploy/deployMarket.ts';
import { type Call, createSender } from '../reporter/transactions.ts';
import { faucetsOf, takePlayMoney } from './takePlayMoney.ts';

export interface MarketMakerInit {
  readonly rpcUrl: string;
  readonly chainId: number;
  readonly makerKey: Hex;
  readonly addresses: MarketAddresses;
}

export interface MarketMaker {
  /**
   * Trades at the pool until its price is this one, micro-dollars per share; returns how many swaps that took. The chain is
   * read first, and nothing is sent while a swap of an earlier attempt may still be on its way: a pool that is there is left alone.
   * @throws LichenError `chain-unreachable`, `timeout` when the chain mines nothing, `transaction-failed` when somebody trades against it again and again
   */
  moveTo(price: bigint, signal?: AbortSignal): Promise<number>;
}

/** Attempts at one price: another's trade between reading and swapping makes one fail. */
const mostAttempts = 20;
const longestWaitMs = 30_000;
/** Chain seconds within which a swap is mined or refused. */
const swapSeconds = 30n;

/** The market maker's hands: its rule is `movePoolTo`, the same that a backtest uses. */
export function createMarketMaker(init: MarketMakerInit): MarketMaker {
  const { addresses } = init;
  const { pair, dollar, share, faucetBatch } = addresses;
  const account = privateKeyToAccount(init.makerKey);
  const chain = createPublicClient({
    transport: http(init.rpcUrl, { timeout: 4_000, retryCount: 0 }),
    cacheTime: 0,
  }) as PublicClient;
  const sender = createSender(chain, { account, rpcUrl: init.rpcUrl, chainId: init.chainId });
  const faucets = faucetsOf(dollar, share);
  const isDollarFirst = BigInt(dollar) < BigInt(share);

  async function reserves(): Promise<Reserves> {
    const [first, second] = await chain.readContract({
      address: pair,
      abi: uniswapPairAbi,
      functionName: 'getReserves',
    });
    return isDollarFirst ? { dollar: first, share: second } : { dollar: second, share: first };
  }

  async function isWaiting(): Promise<boolean> {
    const counts = await Promise.all(
      (['latest', 'pending'] as const).map((blockTag) =>
        chain.getTransactionCount({ address: account.address, blockTag }),
      ),
    );
    return counts[0] !== counts[1];
  }

  async function nothingWaits(signal?: AbortSignal): Promise<void> {
    const deadline = Date.now() + longestWaitMs;
    while (await read(isWaiting())) {
      if (Date.now() > deadline) {
        throw new LichenError('timeout', 'A transaction of the market maker waits to be mined.', {
          got: `one of ${account.address} after ${longestWaitMs / 1_000} s`,
          next: 'Look whether the chain makes blocks: lichen status.',
          retry: 'later',
        });
      }
      await sleep(200, undefined, signal === undefined ? {} : { signal });
    }
  }

  async function callsOf(pool: Reserves, { from, amountIn, amountOut }: PoolSwap): Promise<Call[]> {
    const [held, { timestamp }] = await Promise.all([
      chain.readContract({
        address: faucets[from].token,
        abi: playDollarAbi,
        functionName: 'balanceOf',
        args: [account.address],
      }),
      chain.getBlock({ blockTag: 'latest' }),
    ]);
    // A fiftieth of the pool at least: enough for several days of trading.
    const lot = pool[from] / 50n;
    const lacking = amountIn - held;
    const taken =
      lacking <= 0n
        ? []
        : takePlayMoney(faucetBatch, faucets[from], account.address, lacking > lot ? lacking : lot);
    const swap = swapCall(addresses, {
      from,
      amountIn,
      // Not a unit less than computed: if anybody traded in between, this swap is no longer the right one.
      amountOutMin: amountOut,
      to: account.address,
      deadline: timestamp + swapSeconds,
    });
    return [
      ...taken.map(({ to, data, gas }) => ({ to, data: data!, gas: gas! })),
      { ...swap, gas: 250_000n },
    ];
  }

  async function read<T>(what: Promise<T>): Promise<T> {
    try {
      return await what;
    } catch (cause) {
      throw new LichenError('chain-unreachable', 'The market maker cannot read the chain.', {
        got: cause instanceof Error ? cause.message.split('\n')[0]! : String(cause),
        next: 'Nothing to do: it tries again.',
        retry: 'later',
        cause,
      });
    }
  }

  return {
    async moveTo(price, signal) {
      let swaps = 0;
      for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
        await nothingWaits(signal);
        const pool = await read(reserves());
        const swap = movePoolTo(pool, price);
        if (swap === undefined) return swaps;
        const receipts = await sender.send(await read(callsOf(pool, swap)));
        if (receipts.at(-1)!.status === 'success') swaps += 1;
      }
      throw new LichenError('transaction-failed', 'The pool does not stay at the recorded price.', {
        got: `${mostAttempts} attempts at ${price} micro-dollars`,
        next: 'Nothing to do: it tries again.',
        retry: 'later',
      });
    },
  };
}
