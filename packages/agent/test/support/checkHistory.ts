// Compares what an agent's journal says with what its key did on the chain. Independent of the runtime: it reads blocks.
import type { RecordedDecision } from '@lichen/journal';
import { mandateExecutorAbi } from '@lichen/sdk';
import { type Hex, isAddressEqual, type PublicClient, parseEventLogs } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import type { AgentPlace } from './mandateChain.ts';
import { openTestLog } from './testAgent.ts';

export interface History {
  /** What is wrong, one sentence each. */
  readonly faults: readonly string[];
  readonly decisions: number;
  readonly intents: number;
  readonly settled: number;
  readonly failed: number;
  /** Acts that were dropped by taking their nonce. */
  readonly taken: number;
  readonly transactions: number;
}

export interface Done {
  readonly hash: Hex;
  readonly nonce: number;
  readonly to: Hex | null;
  readonly data: Hex;
  readonly isSuccess: boolean;
  readonly intents: readonly Hex[];
}

/** Every transaction of a chain, by sender in lower case. */
export async function readTransactions(chain: PublicClient): Promise<Map<string, Done[]>> {
  const bySender = new Map<string, Done[]>();
  const head = await chain.getBlockNumber();
  for (let number = 0n; number <= head; number += 1n) {
    const block = await chain.getBlock({ blockNumber: number, includeTransactions: true });
    for (const { hash, from, nonce, to, input } of block.transactions) {
      const { status, logs } = await chain.getTransactionReceipt({ hash });
      const used = parseEventLogs({ abi: mandateExecutorAbi, eventName: 'MandateUsed', logs });
      const done: Done = {
        hash,
        nonce,
        to,
        data: input,
        isSuccess: status === 'success',
        intents: used.map(({ args }) => args.intent),
      };
      bySender.set(from.toLowerCase(), [...(bySender.get(from.toLowerCase()) ?? []), done]);
    }
  }
  return bySender;
}

/** Reads journal and chain whole. The journal's folder must not be in use. */
export async function checkHistory(
  chain: PublicClient,
  place: AgentPlace,
  folder: string,
  bySender?: ReadonlyMap<string, readonly Done[]>,
): Promise<History> {
  const agent = privateKeyToAccount(place.agentKey).address;
  const executor = place.config.accounts!.mandateExecutor;
  const log = await openTestLog(place, folder);
  const recorded = [...log.since(0)];
  const open = log.openIntents();
  await log.close();
  const transactions = (bySender ?? (await readTransactions(chain))).get(agent.toLowerCase()) ?? [];
  const faults: string[] = [];

  const intents = new Map<string, RecordedDecision>();
  const outcomes = new Map<string, RecordedDecision[]>();
  for (const entry of recorded) {
    const { kind, refersTo, result } = entry.decision;
    if (kind === 'intent') intents.set(`0x${entry.leafHash}`, entry);
    if (kind === 'outcome' && /settled|failed/.test(result!.status)) {
      const intent = `0x${refersTo}`;
      if (!intents.has(intent)) faults.push(`outcome ${entry.index} is of no intent before it`);
      outcomes.set(intent, [...(outcomes.get(intent) ?? []), entry]);
    }
  }
  if (open.length > 0) faults.push(`${open.length} intents are open`);

  const landed = new Map<string, Done[]>();
  for (const done of transactions) {
    const isAct = done.to !== null && isAddressEqual(done.to, executor);
    const isToSelf = done.to !== null && isAddressEqual(done.to, agent);
    const intent = isAct ? `0x${done.data.slice(10 + 3 * 64, 10 + 4 * 64)}` : isToSelf ? done.data : 'none';
    const entry = intents.get(intent);
    if (entry === undefined) {
      faults.push(`transaction ${done.hash} has no intent in the journal`);
      continue;
    }
    if (entry.decision.act?.nonce !== done.nonce)
      faults.push(`${done.hash} has another nonce than its intent`);
    if ((entry.decision.act?.mandate === null) !== isToSelf)
      faults.push(`${done.hash} is not what its intent says`);
    if (done.intents.some((used) => used !== intent))
      faults.push(`${done.hash} used a mandate for another intent`);
    landed.set(intent, [...(landed.get(intent) ?? []), done]);
  }
  for (const [intent, done] of landed) {
    if (done.length > 1) faults.push(`intent ${intent} was acted ${done.length} times`);
  }

  let settled = 0;
  let failed = 0;
  let taken = 0;
  let paid = 0n;
  for (const [intent, entry] of intents) {
    const [outcome, ...more] = outcomes.get(intent) ?? [];
    if (more.length > 0) faults.push(`intent ${intent} has ${more.length + 1} certain outcomes`);
    if (outcome === undefined) continue;
    const { status, transaction } = outcome.decision.result!;
    const [done] = landed.get(intent) ?? [];
    if (status === 'settled') {
      settled += 1;
      if (done === undefined || !done.isSuccess)
        faults.push(`intent ${intent} settled, but the chain has it not`);
      else if (done.hash !== transaction) faults.push(`intent ${intent} settled by another transaction`);
      const isAct = entry.decision.act!.mandate !== null;
      if (!isAct) taken += 1;
      const moved = outcome.decision.amounts.reduce((sum, { amount }) => sum + BigInt(amount), 0n);
      const planned = entry.decision.amounts.reduce((sum, { amount }) => sum + BigInt(amount), 0n);
      if (moved !== planned) faults.push(`intent ${intent} moved ${moved}, planned ${planned}`);
      paid -= moved;
    } else {
      failed += 1;
      if (done?.isSuccess === true) faults.push(`intent ${intent} failed, but the chain has it`);
    }
  }
  const bars = [...intents.values()].map(({ decision }) => decision.task).filter((task) => /^bar/.test(task));
  if (new Set(bars).size !== bars.length) faults.push('a bar was decided on twice');
  const balance = await chain.readContract({
    address: place.config.addresses.playDollar,
    abi: [
      {
        type: 'function',
        name: 'balanceOf',
        stateMutability: 'view',
        inputs: [{ name: 'owner', type: 'address' }],
        outputs: [{ name: '', type: 'uint256' }],
      },
    ],
    functionName: 'balanceOf',
    args: [place.account],
  });
  if (balance !== 9_000_000_000n - paid)
    faults.push(`the account has ${balance}, the journal says ${9_000_000_000n - paid}`);
  return {
    faults,
    decisions: recorded.length,
    intents: intents.size,
    settled,
    failed,
    taken,
    transactions: transactions.length,
  };
}
