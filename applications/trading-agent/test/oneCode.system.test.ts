// One path of code: what the agent decides and gets on a chain is what a backtest of the same days says, to the base unit.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAgent, createMandateActor } from '@lichen/agent';
import { type DecisionLog, openDecisionLog } from '@lichen/journal';
import { journalIdentityOf } from '@lichen/node';
import type { DecisionCheck } from '@lichen/protocol';
import { replayDecision } from '@lichen/sdk';
import { privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { backtestDays } from '../src/backtest/backtestDays.ts';
import { createLedger, type Ledger, readInput } from '../src/book/createLedger.ts';
import type { Portfolio } from '../src/book/seen.ts';
import { createLiveFeed } from '../src/feed/createLiveFeed.ts';
import { createObserve } from '../src/observe/createObserve.ts';
import { modelBlob, rulesBytes, rulesVersion } from '../src/rules/files.ts';
import { createChainVenue } from '../src/venue/createChainVenue.ts';
import { createMadePool } from '../src/venue/createMadePool.ts';
import {
  bars,
  cash,
  limits,
  marketName,
  recordUri,
  startTradingChain,
  type TradingChain,
} from './support/tradingChain.ts';

// The fall of August 2011: purchases, and then sales.
const from = bars.findIndex(([day]) => day === '2011-07-11');
const days = 30;
const folder = mkdtempSync(join(tmpdir(), 'lichen-one-code-'));
let world: TradingChain;
let decisions: DecisionLog;
let live: Ledger;

beforeAll(async () => {
  world = await startTradingChain(from);
  const { client, account, agentKey, mandates, market, marketUrl } = world;
  const { chainId } = client.config;
  decisions = await openDecisionLog({
    folder: join(folder, 'live'),
    ...journalIdentityOf(chainId, privateKeyToAccount(agentKey).address, agentKey),
    checkpointEveryMs: 0,
  });
  live = createLedger(decisions.blobs.get);
  const actor = createMandateActor({ client, account, mandates, pollMs: 20 });
  const venue = createChainVenue({ client, account, most: limits, actor, clock: Date.now });
  const feed = createLiveFeed({ url: marketUrl, market, chainId, clock: Date.now });
  const agent = await createAgent({
    decisions,
    rulesCode: rulesBytes(),
    rulesVersion,
    model: { kind: 'integer', blob: modelBlob() },
    observe: createObserve({ feed, venue, decisions, ledger: live, clock: Date.now }),
    actor: venue.actor,
    clock: Date.now,
  });
  await agent.start();
  for (let index = from; index < from + days; index += 1) {
    await world.enter(index, 'open');
    await agent.step();
    // A second look at the same day decides nothing.
    expect(await agent.step()).toBeUndefined();
    await world.enter(index, 'close');
    expect(await agent.step()).toBeUndefined();
  }
  await agent.stop();
  for (const recorded of decisions.since(live.size())) live.add(recorded);
});
afterAll(async () => {
  await decisions?.close();
  await world?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Checks but for those of the moment: when a statement was asked for, and who signed it. */
const lasting = (checks: readonly DecisionCheck[]) =>
  checks.filter(({ rule }) => !/^(age|signature) of the statement/.test(rule));

interface Day {
  readonly day: string;
  readonly kind: string;
  readonly choice: string;
  readonly checks: readonly DecisionCheck[];
  readonly rejected: unknown;
  readonly amounts: unknown;
  readonly asked: unknown;
  readonly answered: unknown;
  readonly portfolio: Omit<Portfolio, 'chainTime'>;
}

function daysOf(log: DecisionLog): Day[] {
  const list: Day[] = [];
  for (const { decision } of log.since(0)) {
    const portfolio = readInput<Portfolio>(decision, 'portfolio', log.blobs.get);
    if (portfolio === undefined) continue;
    const { chainTime: _, ...own } = portfolio;
    const { kind, choice, checks, rejected, amounts, model, task } = decision;
    list.push({
      day: task,
      kind,
      choice,
      checks: lasting(checks),
      rejected,
      amounts,
      asked: model?.input,
      answered: model?.output,
      portfolio: own,
    });
  }
  return list;
}

describe('the same days on a chain and in a backtest', () => {
  test('give the same decisions, the same reserves and the same fills, to the base unit', async () => {
    const first = daysOf(decisions)[0]!.portfolio;
    const { account, router, dollar, share, chainId } = first;
    const { ledger, log } = await backtestDays({
      record: bars,
      recordUri,
      market: marketName,
      span: { from, to: from + days },
      cash,
      folder: join(folder, 'backtest'),
      addresses: { account, router, dollar, share },
      chainId,
      most: limits,
      pool: createMadePool({ dollar: BigInt(first.reserveDollar), share: BigInt(first.reserveShare) }),
    });
    const [onChain, inBacktest] = [daysOf(decisions), daysOf(log.decisions)];
    expect(onChain).toHaveLength(days);
    expect(onChain).toEqual(inBacktest);
    const fillOf = ({ fills }: Ledger) =>
      fills.map(({ day, side, dollars, shares }) => ({ day, side, dollars, shares }));
    expect(fillOf(live)).toEqual(fillOf(ledger));
    // Something happened: both directions, more than once.
    expect(new Set(live.fills.map(({ side }) => side))).toEqual(new Set(['buy', 'sell']));
    expect(live.expected()).toEqual(ledger.expected());
  });

  test('every decision on the chain replays in grade A', async () => {
    let asked = 0;
    for (const { decision } of decisions.since(0)) {
      if (!decision.inputs.some(({ name }) => name === 'book')) continue;
      asked += 1;
      const report = await replayDecision({ decision, blob: async (hash) => decisions.blobs.get(hash) });
      expect([report.grade, report.isSame], decision.task).toEqual(['A', true]);
    }
    expect(asked).toBe(days);
  });
});
