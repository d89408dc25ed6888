import { swapCall } from '@lichen/sdk';
import { describe, expect, test } from 'vitest';
import { addresses } from '../rules/rules.fixture.ts';
import { createMadePool } from './createMadePool.ts';
import { createPaperVenue } from './createPaperVenue.ts';

const reserves = { dollar: 10_000_000_000_000n, share: 10_000_000_000n };
const intent = `0x${'11'.repeat(32)}` as const;
const { signal } = new AbortController();

function venueOf(holdings = { cash: 10_000_000_000n, shares: 5_000_000n }) {
  const pool = createMadePool(reserves);
  const venue = createPaperVenue({
    addresses,
    chainId: 31_337,
    pool,
    holdings,
    shareUnit: 1_000_000n,
    clock: () => 1_000_000,
    uri: 'simulated:pool',
  });
  return { pool, venue };
}
const order = (change: Partial<Parameters<typeof swapCall>[1]> = {}, market: typeof addresses = addresses) =>
  swapCall(market, {
    from: 'dollar',
    amountIn: 1_000_000_000n,
    amountOutMin: 1n,
    to: addresses.account,
    deadline: 1_000n,
    ...change,
  });

describe('a paper venue', () => {
  test('fills an order by the pool’s arithmetic and moves pool and holdings by it', async () => {
    const { pool, venue } = venueOf();
    const prepared = await venue.actor.prepare([order()]);
    expect(prepared.act).toMatchObject({ account: addresses.account, mandate: null, nonce: null });
    expect(prepared.act.calls[0]).toMatchObject({ selector: '0x38ed1739', to: addresses.router });
    const { result, amounts } = await prepared.perform(intent);
    expect(result).toEqual({ block: null, reason: 'simulated', status: 'settled', transaction: null });
    // 1,000 in, 0.3 % fee: 997e6 * 1e10 / (1e13 * 1000 + 997e6)... by the formula of UniswapV2Library.
    const out = (1_000_000_000n * 997n * reserves.share) / (reserves.dollar * 1_000n + 1_000_000_000n * 997n);
    expect(amounts.map(({ amount }) => amount)).toEqual(['-1000000000', String(out)]);
    const { portfolio } = await venue.portfolio(signal);
    expect([portfolio.cash, portfolio.shares]).toEqual(['9000000000', String(5_000_000n + out)]);
    expect(pool.reserves()).toEqual({
      dollar: reserves.dollar + 1_000_000_000n,
      share: reserves.share - out,
    });
  });

  test('refuses what a mandate, the router or the balance would refuse', async () => {
    const other = `0x${'ee'.repeat(20)}` as const;
    const refused: readonly [string, ReturnType<typeof order>[], string][] = [
      ['another router', [order({}, { ...addresses, router: other })], 'mandate-denied'],
      ['another token', [order({}, { ...addresses, share: other })], 'mandate-denied'],
      ['another receiver', [order({ to: other })], 'mandate-denied'],
      ['too late', [order({ deadline: 999n })], 'transaction-failed'],
      ['more cash than there is', [order({ amountIn: 10_000_000_001n })], 'too-little-money'],
      ['more shares than there are', [order({ from: 'share', amountIn: 5_000_001n })], 'too-little-money'],
      ['nothing', [order({ amountIn: 0n })], 'too-little-money'],
      ['a price that is gone', [order({ amountOutMin: 1_000_000n })], 'transaction-failed'],
      ['two orders', [order(), order()], 'transaction-failed'],
      ['no swap', [{ to: addresses.router, data: '0xa9059cbb' }], 'bad-input'],
    ];
    for (const [what, calls, code] of refused) {
      const { venue } = venueOf();
      await expect(venue.actor.prepare(calls), what).rejects.toMatchObject({ code });
      const { portfolio } = await venue.portfolio(signal);
      expect([portfolio.cash, portfolio.shares], what).toEqual(['10000000000', '5000000']);
    }
  });

  test('an order whose price went between look and act fails and moves nothing', async () => {
    const { pool, venue } = venueOf();
    const prepared = await venue.actor.prepare([order({ amountOutMin: 996_000n })]);
    pool.moveTo(1_100_000_000n);
    const outcome = await prepared.perform(intent);
    expect([outcome.result.status, outcome.amounts]).toEqual(['failed', []]);
    expect((await venue.portfolio(signal)).portfolio.cash).toBe('10000000000');
  });
});
