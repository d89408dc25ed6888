import fc from 'fast-check';
import { decodeFunctionData, parseAbi } from 'viem';
import { describe, expect, test } from 'vitest';
import { addresses, contextOf, falling, marketOf, portfolioOf, rising } from './rules.fixture.ts';
import { decide, featuresOf, limits, modelInput } from './rules.js';

const router = parseAbi([
  'function swapExactTokensForTokens(uint256 amountIn, uint256 amountOutMin, address[] path, address to, uint256 deadline) returns (uint256[] amounts)',
]);
const lowRisk = [50_000];

function swapOf(verdict: ReturnType<typeof decide>) {
  expect(verdict.kind).toBe('intent');
  expect(verdict.calls).toHaveLength(1);
  const { args } = decodeFunctionData({ abi: router, data: verdict.calls[0]!.data });
  const [amountIn, minOut, path, to, deadline] = args;
  return { amountIn, minOut, path: path.map((address) => address.toLowerCase()), to, deadline };
}

describe('an allowed purchase', () => {
  test('is one swap of the router, by the exact path, to the account', () => {
    const verdict = decide(contextOf(), lowRisk);
    const swap = swapOf(verdict);
    expect(verdict.calls[0]!.to).toBe(addresses.router);
    expect(swap.path).toEqual([addresses.dollar, addresses.share]);
    expect(swap.to.toLowerCase()).toBe(addresses.account);
    expect(swap.deadline).toBe(1_000n + 120n);
    // All four signals hold: everything but the reserve of one percent.
    expect(swap.amountIn).toBe(9_900_000_000n);
    expect(verdict.choice).toBe('buy: from 0 to 10000 bps of worth in the index');
    expect(verdict.checks.every(({ passed }) => passed)).toBe(true);
    expect(verdict.rejected).toEqual([]);
  });

  test('is no larger than the mandate allows, and says what was wanted', () => {
    const verdict = decide(contextOf({ portfolio: { mostDollars: '2000000000' } }), lowRisk);
    expect(swapOf(verdict).amountIn).toBe(2_000_000_000n);
    expect(verdict.rejected.at(-1)).toEqual({
      option: 'trade 9900000000 at once',
      reason: 'more than the mandate allows in one call',
    });
  });

  test('wants less when the model sees a risk, and says so', () => {
    const verdict = decide(contextOf(), [400_000]);
    expect(verdict.choice).toContain('to 7500 bps');
    expect(verdict.rejected).toEqual([
      {
        option: 'another 2500 bps for model: risk of a fall of 2 % within five days (ppm)',
        reason: '400000, wanted below 300000',
      },
    ]);
  });

  test('counts a model that was not asked as the worst risk', () => {
    expect(decide(contextOf(), null).choice).toContain('to 7500 bps');
  });
});

describe('a sale', () => {
  test('of everything, when trend and momentum are gone', () => {
    const swap = swapOf(decide(contextOf({ market: falling, cash: 0n, shares: 5_000_001n }), lowRisk));
    expect(swap.path).toEqual([addresses.share, addresses.dollar]);
    expect(swap.amountIn).toBe(5_000_001n);
  });

  test('by stop-loss comes before every signal', () => {
    const cost = String((5_000_000n * BigInt(rising.open) * 11n) / 10_000_000n);
    const verdict = decide(
      contextOf({
        cash: 0n,
        shares: 5_000_000n,
        book: { open: { since: 200, cost, proceeds: '0' }, lastIndex: 249 },
      }),
      lowRisk,
    );
    expect(verdict.task).toContain('stop-loss');
    expect(swapOf(verdict).amountIn).toBe(5_000_000n);
  });
});

describe('it does not trade', () => {
  const closed = (index: number, profitBps: number, byStop = false) => ({ index, profitBps, byStop });
  const { open } = rising;
  const cases: readonly [name: string, parts: Parameters<typeof contextOf>[0], reason: string][] = [
    ['on an unsigned statement', { feed: { signature: 'missing' } }, 'not signed'],
    ['on a statement signed by somebody else', { feed: { signature: 'wrong' } }, 'not signed'],
    ['without a statement', { market: undefined, feed: { problem: 'unreadable' } }, 'unreadable'],
    ['after the open', { market: { ...rising, phase: 'close' } }, 'the day is over'],
    ['twice on one day', { book: { lastIndex: rising.index } }, 'decided already'],
    ['on an old day', { book: { lastIndex: rising.index + 3 } }, 'an old statement'],
    ['on a stale statement', { time: 1_000_000 + limits.statementAgeMs + 1 }, 'stale'],
    ['on a statement from the future', { time: 999_999 }, 'stale'],
    ['with too little history', { market: { ...rising, bars: rising.bars.slice(1) } }, 'only 249'],
    ['on a bar of today', { market: { ...rising, day: rising.bars.at(-1)![0] } }, 'not before today'],
    ['where the pool is empty', { portfolio: { reserveShare: '0' } }, 'the pool is empty'],
    ['where the pool was pushed up', { portfolio: { reserveDollar: '10200000000000' } }, 'being moved'],
    ['where the pool was pushed down', { portfolio: { reserveDollar: '9800000000000' } }, 'being moved'],
    ['without money', { cash: 0n }, 'no money'],
    ['for a small change', { cash: 100_000_000n, shares: 5_000_000n }, 'too small a change'],
    ['so soon after a closed trade', { book: { closed: [closed(248, 100)] } }, 'cooldown'],
    [
      'after two stops',
      { book: { closed: [closed(230, -900, true), closed(240, -900, true)] } },
      'stop-loss guard',
    ],
    ['after a deep fall of its trades', { book: { closed: [closed(240, -1_600)] } }, 'drawdown'],
    [
      'after trades without profit',
      { book: { closed: [closed(180, -300), closed(200, -150), closed(240, -100)] } },
      'profit of closed trades',
    ],
    [
      'beyond the turnover limit',
      { book: { orders: [{ index: 245, dollars: '15000000000' }] } },
      'turnover limit',
    ],
    ['for pennies', { cash: 9_000_000n }, 'too small'],
    [
      'in a pool too shallow',
      {
        cash: 5_000_000_000n,
        portfolio: { reserveDollar: String(BigInt(open) * 2n), reserveShare: '2000000' },
      },
      'too small|too shallow',
    ],
  ];
  test.each(cases)('%s', (_, parts, reason) => {
    const context = contextOf(parts);
    const verdict = decide(context, modelInput(context) === null ? null : lowRisk);
    expect([verdict.kind, verdict.calls, verdict.amounts]).toEqual(['refusal', [], []]);
    expect(verdict.choice).toMatch(new RegExp(`^hold: .*(${reason})`));
  });

  test('but each protection ends', () => {
    const ended = {
      closed: [closed(150, -900, true), closed(160, -900, true), closed(170, -100), closed(220, 2_000)],
    };
    expect(decide(contextOf({ book: ended }), lowRisk).kind).toBe('intent');
  });

  test('and no protection stops a sale', () => {
    const book = {
      lastIndex: 249,
      closed: [closed(248, -900, true), closed(249, -900, true)],
      orders: [{ index: 249, dollars: '999999999999' }],
    };
    const verdict = decide(contextOf({ market: falling, cash: 0n, shares: 5_000_000n, book }), lowRisk);
    expect(verdict.kind).toBe('intent');
  });
});

describe('whatever the market does', () => {
  const moves = fc.array(fc.integer({ min: -700, max: 700 }), { minLength: 20, maxLength: limits.bars });
  const money = fc.bigInt({ min: 0n, max: 10n ** 14n });
  const risk = fc.integer({ min: 0, max: 1_000_000 });
  const profits = fc.array(
    fc.record({
      index: fc.integer({ min: 0, max: 249 }),
      profitBps: fc.integer({ min: -5_000, max: 5_000 }),
      byStop: fc.boolean(),
    }),
    { maxLength: 8 },
  );

  test('it never spends more than its cash, never sells more than it has, and asks a fair price', () => {
    fc.assert(
      fc.property(moves, money, money, risk, profits, money, (steps, cash, shares, ppm, closed, paid) => {
        const market = marketOf(steps);
        const own = portfolioOf(market, { cash, shares });
        const book = {
          v: 1 as const,
          lastIndex: 249,
          open: shares === 0n ? null : { since: 100, cost: String(paid), proceeds: '0' },
          closed: closed.toSorted((a, b) => a.index - b.index),
          orders: [],
        };
        const context = contextOf({ market, cash, shares, book });
        const verdict = decide(context, [ppm]);
        expect(decide(context, [ppm])).toEqual(verdict);
        if (verdict.kind === 'refusal') {
          expect(verdict.calls).toEqual([]);
          return;
        }
        const { amountIn, minOut, path, to } = swapOf(verdict);
        const buys = path[0] === addresses.dollar;
        expect(path).toEqual(
          buys ? [addresses.dollar, addresses.share] : [addresses.share, addresses.dollar],
        );
        expect(to.toLowerCase()).toBe(addresses.account);
        expect(amountIn > 0n && amountIn <= (buys ? cash : shares)).toBe(true);
        const [reserveIn, reserveOut] = [own.reserveDollar, own.reserveShare].map(BigInt) as [bigint, bigint];
        const fair = buys ? (amountIn * reserveOut) / reserveIn : (amountIn * reserveIn) / reserveOut;
        // Fee, own move of the price and slippage together; one unit for what division cuts.
        const worst = (fair * BigInt(10_000 - limits.costBps - limits.slippageBps)) / 10_000n;
        expect(minOut >= worst - 2n && minOut < fair + 1n).toBe(true);
        // An auditor takes an act beside a failed check for a fault.
        expect(verdict.checks.every(({ passed }) => passed)).toBe(true);
        expect(verdict.amounts[0]!.amount).toBe(`-${amountIn}`);
      }),
      { numRuns: 300 },
    );
  });

  test('it trades on nothing but a fresh, signed statement of a new open day at the pool’s price', () => {
    const word = fc.constantFrom('valid', 'recorded', 'missing', 'wrong', '', 'VALID', null, undefined, true);
    const near = (...values: number[]) => fc.constantFrom(...values);
    fc.assert(
      fc.property(
        word,
        near(-1, 0, 1, limits.statementAgeMs, limits.statementAgeMs + 1, 10 ** 9),
        fc.constantFrom('open', 'close', 'Open'),
        near(0, 248, 249, 250, 251, 10 ** 6),
        near(-2_000, -160, -140, 0, 140, 160, 2_000),
        (signature, age, phase, lastIndex, gapBps) => {
          const { reserveDollar } = portfolioOf(rising, { cash: 0n, shares: 0n });
          const context = contextOf({
            market: { ...rising, phase: phase as 'open' },
            feed: { signature: signature as 'valid' },
            time: 1_000_000 + age,
            book: { lastIndex },
            portfolio: {
              reserveDollar: String((BigInt(reserveDollar) * BigInt(10_000 + gapBps)) / 10_000n),
            },
          });
          const isGood =
            (signature === 'valid' || signature === 'recorded') &&
            age >= 0 &&
            age <= limits.statementAgeMs &&
            phase === 'open' &&
            lastIndex < rising.index &&
            Math.abs(gapBps) < limits.priceGapBps;
          expect(decide(context, lowRisk).kind).toBe(isGood ? 'intent' : 'refusal');
        },
      ),
      { numRuns: 1_000 },
    );
  });

  test('features are whole numbers and the model is given sixteen bytes of 0 to 127', () => {
    fc.assert(
      fc.property(moves, (steps) => {
        const market = marketOf(steps);
        expect(Object.values(featuresOf(market)).every(Number.isSafeInteger)).toBe(true);
        const input = modelInput(contextOf({ market }))!;
        expect(input).toHaveLength(16);
        expect(input.every((value) => Number.isInteger(value) && value >= 0 && value <= 127)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });
});

describe('features of a market that is known', () => {
  test('by hand', () => {
    // 249 days at 1,000 and one at 1,010, opening at 1,020.301.
    const flat = marketOf([0]);
    const bars = flat.bars.with(-1, [
      flat.bars.at(-1)![0],
      '1000000000',
      '1010000000',
      '1000000000',
      '1010000000',
    ]);
    expect(featuresOf({ open: '1020301000', bars })).toEqual({
      momentum1: 100,
      momentum5: 100,
      momentum21: 100,
      momentum63: 100,
      momentum126: 100,
      momentum249: 100,
      // Averages are 1,000.5 / 1,000.2 / 1,000.05.
      average20: 94,
      average50: 97,
      average200: 99,
      // One move of 1 % in 21 days: sqrt(0.01² × 252 / 21) = 3.464 %; in 126 days 1.414 %.
      volatility: 346,
      volatilityRatio: 24_539,
      drawdown: 0,
      strength: 10_000,
      gap: 101,
      range: 4,
      channel: 10_000,
    });
  });
});
