import { erc20AssetOf } from '@lichen/agent';
import type { RecordedDecision } from '@lichen/journal';
import type { MarketBody } from '@lichen/protocol';
import { blankDecision, blobHashOf, type Decision, type DecisionInput } from '@lichen/protocol';
import { describe, expect, test } from 'vitest';
import { summarize } from '../metrics/summarize.ts';
import { addresses, portfolioOf, rising } from '../rules/rules.fixture.ts';
import { createLedger } from './createLedger.ts';

const day = (index: number) => new Date(Date.UTC(2008, 0, 1) + index * 86_400_000).toISOString().slice(0, 10);
const [dollar, share] = [addresses.dollar, addresses.share].map((token) => erc20AssetOf(31_337, token)) as [
  string,
  string,
];

/** A journal in memory: decisions of an agent that trades as it is told. */
function journal() {
  const blobs = new Map<string, Uint8Array>();
  const entries: RecordedDecision[] = [];
  const input = (name: string, value: unknown): DecisionInput => {
    const bytes = new TextEncoder().encode(JSON.stringify(value));
    const sha256 = blobHashOf(bytes);
    blobs.set(sha256, bytes);
    return {
      at: 0,
      isPrivate: false,
      mediaType: 'application/json',
      name,
      provenance: { by: 'operator' },
      sha256,
      uri: '',
    };
  };
  function add(decision: Partial<Decision>): RecordedDecision {
    const index = entries.length;
    const blank: Decision = {
      ...blankDecision,
      agent: 'eip155:31337:0x01',
      choice: '',
      kind: 'refusal',
      previous: null,
      rules: { sha256: '', version: '1' },
      seq: index,
      task: '',
      time: index,
      v: 1,
      zone: 'UTC',
    };
    const recorded = {
      decision: { ...blank, ...decision },
      index,
      leafHash: index.toString(16).padStart(64, '0'),
    };
    entries.push(recorded);
    return recorded;
  }
  function decide(
    index: number,
    open: bigint,
    own: { cash: bigint; shares: bigint },
    more: Partial<Decision> = {},
    signature = 'valid',
    date = day(index),
  ): RecordedDecision {
    const market: MarketBody = { ...rising, day: date, index, open: String(open) };
    const inputs = [
      input('market', market),
      input('portfolio', portfolioOf(market, own)),
      input('feed', { v: 1, signature, at: 0, problem: '' }),
    ];
    return add({ inputs, ...more });
  }
  function settle(intent: RecordedDecision, dollars: bigint, shares: bigint): void {
    add({
      kind: 'outcome',
      refersTo: intent.leafHash,
      result: { block: 1, reason: '', status: 'settled', transaction: null },
      amounts: [
        { asset: dollar, amount: String(dollars) },
        { asset: share, amount: String(shares) },
      ],
    });
  }
  function ledger() {
    const made = createLedger((sha256) => blobs.get(sha256));
    for (const entry of entries) made.add(entry);
    return made;
  }
  return { add, decide, settle, ledger, blobs };
}

/** Two trades by hand: bought at 1,000, sold at 1,100; bought at 1,100, half sold, stopped at 1,000. */
function twoTrades() {
  const own = journal();
  const buy = own.decide(10, 1_000_000_000n, { cash: 10_000_000_000n, shares: 0n }, { kind: 'intent' });
  own.settle(buy, -5_000_000_000n, 4_985_000n);
  own.decide(
    11,
    1_050_000_000n,
    { cash: 5_000_000_000n, shares: 4_985_000n },
    {
      rejected: [{ option: 'hold 10000 bps', reason: 'turnover' }],
    },
  );
  const sell = own.decide(
    12,
    1_100_000_000n,
    { cash: 5_000_000_000n, shares: 4_985_000n },
    { kind: 'intent' },
  );
  own.settle(sell, 5_467_000_000n, -4_985_000n);
  const again = own.decide(20, 1_100_000_000n, { cash: 10_467_000_000n, shares: 0n }, { kind: 'intent' });
  own.settle(again, -2_200_000_000n, 1_994_000n);
  const half = own.decide(
    21,
    1_090_000_000n,
    { cash: 8_267_000_000n, shares: 1_994_000n },
    { kind: 'intent' },
  );
  own.settle(half, 1_083_000_000n, -997_000n);
  const stop = own.decide(
    22,
    1_000_000_000n,
    { cash: 9_350_000_000n, shares: 997_000n },
    {
      kind: 'intent',
      task: 'stop-loss 2008-01-23',
    },
  );
  own.settle(stop, 994_000_000n, -997_000n);
  own.decide(23, 1_000_000_000n, { cash: 10_344_000_000n, shares: 0n });
  return own;
}

describe('the ledger of a journal', () => {
  test('has the book that the rules are shown', () => {
    expect(twoTrades().ledger().book()).toEqual({
      v: 1,
      lastIndex: 23,
      open: null,
      closed: [
        { index: 12, profitBps: 934, byStop: false },
        // 123 lost of 2,200: 559.09 bps, cut towards the worse.
        { index: 22, profitBps: -560, byStop: true },
      ],
      orders: [
        { index: 10, dollars: '5000000000' },
        { index: 12, dollars: '5467000000' },
        { index: 20, dollars: '2200000000' },
        { index: 21, dollars: '1083000000' },
        { index: 22, dollars: '994000000' },
      ],
    });
  });

  test('has the figures by hand', () => {
    const summary = summarize(twoTrades().ledger())!;
    expect(summary).toMatchObject({
      from: '2008-01-11',
      to: '2008-01-24',
      backtestDays: 13,
      decidedDays: 7,
      totalTrades: 2,
      orders: 5,
      rejectedSignals: 1,
      startingBalance: 10_000,
      finalBalance: 10_344,
      wins: 1,
      losses: 1,
      avgStake: 3_600,
      totalVolume: 14_744,
      bestDayAbs: 467,
      worstDayAbs: -123,
      exposure: 4 / 7,
      minBalance: 10_344,
      maxBalance: 10_467,
      marketChange: 0,
    });
    expect(summary.profitTotalAbs).toBeCloseTo(344, 9);
    expect(summary.profitFactor).toBeCloseTo(467 / 123, 9);
    // 0.3 % of what went in: 5,000 and 2,200 pUSD, and shares worth 5,483.5, 1,086.73 and 997 pUSD.
    expect(summary.feesPaid).toBeCloseTo(0.003 * (5_000 + 2_200 + 5_483.5 + 1_086.73 + 997), 9);
    // Put into the index at the first open, one fee paid, and back where it was.
    expect(summary.hold.finalBalance).toBe(9_970);
  });

  test('an open trade counts at its worth on the last day', () => {
    const own = journal();
    const buy = own.decide(10, 1_000_000_000n, { cash: 10_000_000_000n, shares: 0n }, { kind: 'intent' });
    own.settle(buy, -5_000_000_000n, 4_985_000n);
    own.decide(11, 1_200_000_000n, { cash: 5_000_000_000n, shares: 4_985_000n });
    const ledger = own.ledger();
    expect(ledger.book().open).toEqual({ since: 10, cost: '5000000000', proceeds: '0' });
    const summary = summarize(ledger)!;
    expect([summary.totalTrades, summary.finalBalance]).toEqual([1, 10_982]);
    expect(summary.bestDayAbs).toBeCloseTo(982, 9);
  });

  test('counts neither failed nor doubtful outcomes, nor old or closed statements', () => {
    const own = journal();
    const start = { cash: 10_000_000_000n, shares: 0n };
    const intent = own.decide(10, 1_000_000_000n, start, { kind: 'intent' });
    for (const status of ['failed', 'unknown', 'pending'] as const) {
      own.add({
        kind: 'outcome',
        refersTo: intent.leafHash,
        result: { block: null, reason: '', status, transaction: null },
        amounts: [
          { asset: dollar, amount: '-5000000000' },
          { asset: share, amount: '4985000' },
        ],
      });
    }
    own.decide(9, 1_000_000_000n, start);
    own.decide(10, 1_000_000_000n, start);
    const ledger = own.ledger();
    expect(ledger.fills).toEqual([]);
    expect(ledger.points.map(({ index }) => index)).toEqual([10]);
    own.settle(intent, -5_000_000_000n, 4_985_000n);
    own.settle(intent, -5_000_000_000n, 4_985_000n);
    expect(own.ledger().fills).toHaveLength(1);
  });

  test('a forged day of the far future is no day: it would stop the agent until then', () => {
    const own = twoTrades();
    for (const signature of ['missing', 'wrong']) {
      own.decide(1_000_000, 1n, { cash: 1n, shares: 0n }, {}, signature);
    }
    expect(own.ledger().book().lastIndex).toBe(23);
  });

  test('a blob that is missing is said, not skipped', () => {
    const own = twoTrades();
    own.blobs.clear();
    expect(() => own.ledger()).toThrow('A blob that a decision refers to is missing.');
  });

  test('a record that begins again goes on in time', () => {
    const own = journal();
    const start = { cash: 10_000_000_000n, shares: 0n };
    const again = (index: number, date: string) =>
      own.decide(index, 1_000_000_000n, start, {}, 'valid', date);
    again(100, '2020-04-16');
    again(101, '2020-04-17');
    again(102, '2007-10-01');
    again(103, '2007-10-02');
    expect(summarize(own.ledger())).toMatchObject({
      from: '2020-04-16',
      to: '2007-10-02',
      backtestDays: 3,
      cagr: 0,
    });
  });

  test('nothing decided: no figures', () => {
    expect(summarize(journal().ledger())).toBeUndefined();
  });
});
