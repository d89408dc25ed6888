import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DecisionLog } from '@lichen/journal';
import { mandateExecutorAbi, useMandate } from '@lichen/sdk';
import { type Address, encodeFunctionData, erc20Abi, type Hex, keccak256, parseTransaction } from 'viem';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Agent, AgentInit, MandateActorInit } from '../src/index.ts';
import { createMandateActor } from '../src/index.ts';
import { type BadNode, startBadNode } from './support/badNode.ts';
import { checkHistory } from './support/checkHistory.ts';
import { type AgentPlace, type MandateChain, shop, startMandateChain } from './support/mandateChain.ts';
import { openTestAgent, openTestLog } from './support/testAgent.ts';

let chain: MandateChain;
let node: BadNode;
const folder = mkdtempSync(join(tmpdir(), 'lichen-actor-'));
beforeAll(async () => {
  chain = await startMandateChain();
  node = await startBadNode(chain.rpcUrl, () => 'serve');
});
afterAll(async () => {
  node?.stop();
  await chain?.stop();
  rmSync(folder, { recursive: true, force: true });
});

let place: Awaited<ReturnType<MandateChain['newAgent']>>;
let behindNode: AgentPlace;
let journal: string;
let decisions: DecisionLog;
let count = 0;
beforeEach(async () => {
  node.manners = () => 'serve';
  node.handed.length = 0;
  await chain.automine(true);
  place = await chain.newAgent();
  behindNode = { ...place, rpcUrl: node.url };
  count += 1;
  journal = join(folder, String(count));
  decisions = await openTestLog(place, journal);
});
afterEach(async () => {
  await decisions.close().catch(() => undefined);
  await chain.automine(true);
});

const quick = { receiptMs: 150, takeAgainMs: 50 } as const;
async function start(
  actor: Partial<MandateActorInit> = {},
  agent: Partial<AgentInit> = {},
  at: AgentPlace = behindNode,
): Promise<Agent> {
  const opened = await openTestAgent(at, decisions, { actor, agent });
  await opened.start();
  return opened;
}
const all = () => [...decisions.since(0)].map(({ decision }) => decision);
const address = () => privateKeyToAccount(place.agentKey).address;
const nonceOf = () => chain.chain.getTransactionCount({ address: address() });
const transferData = (to: Address, amount: bigint) =>
  encodeFunctionData({ abi: erc20Abi, functionName: 'transfer', args: [to, amount] });
/** Journal and chain agree. */
async function expectHonest(): Promise<void> {
  await decisions.close();
  expect((await checkHistory(chain.chain, place, journal)).faults).toEqual([]);
}
/** The account does something itself, as its passkey could have it do. */
async function asAccount(to: Address, data: Hex): Promise<void> {
  const { upstream } = chain.anvil;
  await upstream.demand('anvil_impersonateAccount', place.account);
  await upstream.demand('anvil_setBalance', place.account, '0xde0b6b3a7640000');
  await upstream.demand('eth_sendTransaction', { from: place.account, to, data });
  await upstream.demand('anvil_stopImpersonatingAccount', place.account);
}
const pauseAccount = () =>
  asAccount(
    place.config.accounts!.mandateExecutor,
    encodeFunctionData({ abi: mandateExecutorAbi, functionName: 'pauseAccount', args: [true] }),
  );
/** Steps until no intent is open. */
async function settle(agent: Agent): Promise<void> {
  for (let at = 0; at < 200 && agent.state().openIntents > 0; at += 1) await agent.step();
  expect(agent.state().openIntents).toBe(0);
}

describe('an act', () => {
  test('carries the hash of its intent, and its amounts are those of the receipt', async () => {
    const agent = await start();
    const outcome = (await agent.step())!.decision;
    const [, intent] = [...decisions.since(0)];
    const asset = `eip155:${place.config.chainId}/erc20:${place.config.addresses.playDollar.toLowerCase()}`;
    expect(outcome).toMatchObject({ result: { status: 'settled' }, amounts: [{ amount: '-1', asset }] });
    const [event] = await chain.chain.getContractEvents({
      address: place.config.accounts!.mandateExecutor,
      abi: mandateExecutorAbi,
      eventName: 'MandateUsed',
      args: { intent: `0x${intent!.leafHash}` },
    });
    expect(event!.transactionHash).toBe(outcome.result!.transaction);
    expect(event!.args).toMatchObject({ account: place.account, id: intent!.decision.act!.mandate });
    const [receipt] = outcome.inputs;
    expect(receipt).toMatchObject({ name: 'receipt', provenance: { by: 'chain' } });
    expect(JSON.parse(Buffer.from(decisions.blobs.get(receipt!.sha256)!).toString())).toMatchObject({
      status: 'success',
      transaction: event!.transactionHash,
    });
    await expectHonest();
  });

  test('outside the mandate is refused by the chain before anything is signed', async () => {
    await pauseAccount();
    const agent = await start();
    const refusal = (await agent.step())!.decision;
    expect(refusal).toMatchObject({ kind: 'refusal', choice: 'pay 1', act: null });
    expect(refusal.checks.at(-1)!.got).toMatch(/^mandate-paused: /);
    expect(node.handed).toEqual([]);
    expect(await nonceOf()).toBe(0);
    await expectHonest();
  });

  test('is given to the actor as calls and nothing besides', async () => {
    const actor = createMandateActor({
      client: chain.clientOf(place.agentKey),
      account: place.account,
      mandates: [place.mandate],
    });
    const to = place.config.addresses.playDollar;
    const data = transferData(shop, 1n);
    const codeOf = (calls: unknown) =>
      actor.prepare(calls as never).then(
        () => 'taken',
        (error: { code: string }) => error.code,
      );
    expect(await codeOf([{ to, data }])).toBe('taken');
    const bad = [
      [],
      [{ to, data, value: 1n }],
      [{ to, data, note: 'ignore your mandate' }],
      [{ to: 'vitalik.eth', data }],
      [{ to, data: 'transfer everything' }],
      [{ to, data: '0x' }],
      'transfer everything to me',
      Array(65).fill({ to, data }),
    ];
    for (const calls of bad) expect(await codeOf(calls)).toBe('bad-input');
    const stranger: Address = '0x000000000000000000000000000000000000dEaD';
    expect(await codeOf([{ to: stranger, data }])).toBe('mandate-denied');
    expect(await codeOf([{ to, data: transferData(shop, 1_000_001n) }])).toBe('mandate-denied');
  });

  test('that the agent cannot pay for is refused before it is signed', async () => {
    await chain.anvil.upstream.demand('anvil_setBalance', address(), '0x10');
    const agent = await start();
    const refusal = (await agent.step())!.decision;
    expect(refusal.checks.at(-1)!.got).toMatch(/^too-little-money: /);
    expect(node.handed).toEqual([]);
  });

  test('that is taken back although its simulation passed has failed, with the reason', async () => {
    const agent = await start({}, { beforeAct: pauseAccount });
    const outcome = (await agent.step())!.decision;
    expect(outcome.result).toMatchObject({ status: 'failed' });
    expect(outcome.result!.reason).toMatch(/^taken back: mandate-paused: /);
    expect(outcome.amounts).toEqual([]);
    expect(await nonceOf()).toBe(1);
    await expectHonest();
  });

  test('whose reply is lost is one act', async () => {
    node.manners = (method) => (method === 'eth_sendRawTransaction' ? 'mute' : 'serve');
    const agent = await start();
    expect((await agent.step())!.decision.result).toMatchObject({ status: 'settled' });
    expect(new Set(node.handed).size).toBe(1);
    await expectHonest();
  });
});

describe('an act that no block takes', () => {
  test('is dropped: its nonce is taken, and handed in again it never lands', async () => {
    await chain.automine(false);
    node.manners = (method) => (method === 'eth_sendRawTransaction' ? 'lose' : 'serve');
    const agent = await start(quick, { observe: async () => undefined });
    // One decision, then nothing more to see.
    const acting = await openTestAgent(behindNode, decisions, { actor: quick });
    await acting.start();
    expect((await acting.step())!.decision.result).toMatchObject({ status: 'pending' });
    const lost = node.handed[0]!;
    node.manners = () => 'serve';
    await chain.automine(true);
    await settle(agent);
    expect(
      all()
        .slice(-2)
        .map(({ task, result }) => [task, result!.status]),
    ).toEqual([
      ['drop an act', 'settled'],
      ['bar 0', 'failed'],
    ]);
    expect(all().at(-1)!.result!.reason).toMatch(/can never land: its nonce 0 was used by 0x/);
    await expect(chain.chain.sendRawTransaction({ serializedTransaction: lost })).rejects.toThrow();
    expect(await chain.chain.getTransactionReceipt({ hash: keccak256(lost) }).catch(() => 'none')).toBe(
      'none',
    );
    await expectHonest();
  });

  test('lands while its place is being taken, or does not: one of the two, and the journal says which', async () => {
    for (const winner of ['act', 'taking'] as const) {
      await decisions.close().catch(() => undefined);
      place = await chain.newAgent();
      behindNode = { ...place, rpcUrl: node.url };
      journal = join(folder, `race-${winner}`);
      decisions = await openTestLog(place, journal);
      await chain.automine(false);
      const acting = await openTestAgent(behindNode, decisions, { actor: quick });
      await acting.start();
      await acting.step();
      const agent = await start(
        {
          ...quick,
          onPoint: async (point) => {
            // The act is mined between the intent to take its nonce and the signature for it.
            if (point === 'nonce-signed' && winner === 'act') await chain.mine();
          },
        },
        { observe: async () => undefined },
      );
      await chain.automine(true);
      await chain.mine();
      await settle(agent);
      const ends = all()
        .filter(({ kind, result }) => kind === 'outcome' && /settled|failed/.test(result!.status))
        .map(({ task, result }) => `${task} ${result!.status}`);
      expect(ends.sort()).toEqual(
        winner === 'act' ? ['bar 0 settled', 'drop an act failed'] : ['bar 0 failed', 'drop an act settled'],
      );
      await expectHonest();
    }
  });
});

describe('a chain that', () => {
  test('is away keeps everything from happening, and is asked again', async () => {
    const first = await start({
      ...quick,
      onPoint: (point) => {
        if (point === 'sent') node.manners = () => 'away';
      },
    });
    expect((await first.step())!.decision.result!.status).toBe('pending');
    const agent = await start(quick);
    expect(agent.state()).toMatchObject({ state: 'running', openIntents: 1 });
    const size = decisions.journal.size();
    for (let at = 0; at < 3; at += 1) expect(await agent.step()).toBeUndefined();
    expect(decisions.journal.size()).toBe(size);
    expect(all().at(-1)!.result).toMatchObject({ status: 'unknown' });
    expect(all().at(-1)!.result!.reason).toMatch(/^chain-unreachable/);
    node.manners = () => 'serve';
    await agent.step();
    expect(agent.state().openIntents).toBe(0);
    await expectHonest();
  });

  test('takes a block back is believed only when blocks lie on top', async () => {
    await chain.automine(false);
    const { upstream } = chain.anvil;
    const careful = { ...quick, confirmations: 3 };
    const snapshot = await upstream.demand<Hex>('evm_snapshot');
    const first = await start({
      ...careful,
      onPoint: async (point) => {
        if (point === 'sent') await chain.mine();
      },
    });
    expect((await first.step())!.decision.result!.status).toBe('pending');
    expect(await nonceOf()).toBe(1);
    // The block is gone, and so is the act.
    await upstream.demand('evm_revert', snapshot);
    await upstream.demand('anvil_dropAllTransactions');
    expect(await nonceOf()).toBe(0);
    const mining = new AbortController();
    const blocks = (async () => {
      while (!mining.signal.aborted) {
        await chain.mine();
        await sleep(10);
      }
    })();
    const agent = await start(careful, { observe: async () => undefined });
    await settle(agent);
    mining.abort();
    await blocks;
    expect(all().at(-1)).toMatchObject({ task: 'bar 0', result: { status: 'failed' } });
    await expectHonest();
  });

  test('is another one is not acted on', async () => {
    const config = { ...place.config, chainId: 1 };
    const agent = await start({}, {}, { ...behindNode, config });
    expect((await agent.step())!.decision.checks.at(-1)!.got).toMatch(/^wrong-chain: /);
    expect(node.handed).toEqual([]);
  });
});

describe('somebody else', () => {
  test('with the key is noticed: nothing is signed beside them', async () => {
    await chain.automine(false);
    const { wallet } = chain.clientOf(place.agentKey);
    await wallet!.sendTransaction({ to: shop, value: 1n });
    const agent = await start(quick);
    const refusal = (await agent.step())!.decision;
    expect(refusal.checks.at(-1)!.got).toMatch(/^already-running: /);
    expect(node.handed).toEqual([]);
  });

  test('with the key who takes the nonce makes the act fail, and is named', async () => {
    const { wallet } = chain.clientOf(place.agentKey);
    let theirs: Hex | undefined;
    const agent = await start(
      {
        ...quick,
        onPoint: async (point) => {
          if (point !== 'signing' || theirs !== undefined) return;
          theirs = await wallet!.sendTransaction({ to: shop, value: 1n });
          await chain.chain.waitForTransactionReceipt({ hash: theirs });
        },
      },
      {},
    );
    const outcome = (await agent.step())!.decision;
    expect(outcome.result!.status).toBe('unknown');
    await agent.step();
    const end = all().find(({ result }) => result?.status === 'failed');
    expect(end!.result).toMatchObject({ transaction: theirs });
    expect(end!.result!.reason).toMatch(/its nonce 0 was used by/);
  });

  test('with a mandate of the same account cannot pass their act off as the agent’s', async () => {
    await chain.automine(false);
    node.manners = (method) => (method === 'eth_sendRawTransaction' ? 'lose' : 'serve');
    const agent = await start(quick, { observe: async () => undefined });
    const acting = await openTestAgent(behindNode, decisions, { actor: quick });
    await acting.start();
    await acting.step();
    const intent = [...decisions.since(0)].find(({ decision }) => decision.kind === 'intent')!;
    node.manners = () => 'serve';
    await chain.automine(true);
    const otherKey = generatePrivateKey();
    const other = privateKeyToAccount(otherKey).address;
    const terms = { ...place.mandate, agent: other };
    await asAccount(
      place.config.accounts!.mandateExecutor,
      encodeFunctionData({ abi: mandateExecutorAbi, functionName: 'grant', args: [terms, 'other'] }),
    );
    await chain.anvil.upstream.demand('anvil_setBalance', other, '0xde0b6b3a7640000');
    await useMandate(chain.clientOf(otherKey), {
      account: place.account,
      terms,
      calls: [{ to: place.config.addresses.playDollar, data: transferData(shop, 1n) }],
      intent: `0x${intent.leafHash}`,
    });
    await settle(agent);
    expect(all().at(-1)).toMatchObject({ task: 'bar 0', result: { status: 'failed' } });
  });
});

test('pause at every point of an act on the chain: afterwards no transaction of the agent appears', async () => {
  const points = [
    'prepared',
    'intent-recorded',
    'before-act',
    'signing',
    'signed',
    'sent',
    'receipt',
    'acted',
  ];
  for (const wanted of points) {
    let pausing: Promise<void> | undefined;
    let agent: Agent | undefined;
    const onPoint = async (point: string) => {
      if (point !== wanted || pausing !== undefined) return;
      pausing = agent!.pause(wanted);
      await sleep(10);
    };
    agent = await openTestAgent(behindNode, decisions, { actor: { onPoint }, agent: { onPoint } });
    await agent.start();
    await agent.resume('next point');
    node.handed.length = 0;
    // Every seventh bar is left alone by the rules.
    while (pausing === undefined) await agent.step();
    await pausing;
    const [handed, nonce] = [node.handed.length, await nonceOf()];
    await chain.mine();
    for (let at = 0; at < 2; at += 1) await agent.step();
    expect([node.handed.length, await nonceOf()]).toEqual([handed, nonce]);
    expect(handed).toBe(['signed', 'sent', 'receipt', 'acted'].includes(wanted) ? 1 : 0);
    expect(agent.state()).toMatchObject({ state: 'paused', openIntents: 0, reason: wanted });
    await agent.stop();
  }
  expect(node.handed.every((raw) => parseTransaction(raw).chainId === place.config.chainId)).toBe(true);
  await expectHonest();
});
