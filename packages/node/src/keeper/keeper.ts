import { setTimeout as sleep } from 'node:timers/promises';
import { flightCoverAbi, type LichenAddresses, oracleAbi, reporterSetAbi } from '@lichen/sdk';
import { createPublicClient, encodeFunctionData, type Hex, http } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { createChainFollower } from '../reporter/chainFollower.ts';
import { type Call, createSender } from '../reporter/transactions.ts';
import { type Duty, dutiesOf } from './duties.ts';

export interface KeeperInit {
  readonly privateKey: Hex;
  readonly rpcUrl: string;
  readonly chainId: number;
  readonly addresses: LichenAddresses;
  /** Block from which events are read; 0 when absent. */
  readonly fromBlock?: number;
  readonly log?: (line: string) => void;
}

/** Transactions in one batch. */
const batchSize = 60;
/** Milliseconds between two looks at the chain. */
const pauseMs = 400;
/** Longest pause between two attempts at a duty that the chain refuses, seconds. */
const longestPause = 60;

function callOf(addresses: LichenAddresses, duty: Duty): Omit<Call, 'gas'> {
  switch (duty.kind) {
    case 'finalize':
    case 'cancel':
    case 'resolveEvidence':
      return {
        to: addresses.oracle,
        data: encodeFunctionData({ abi: oracleAbi, functionName: duty.kind, args: [duty.spec] }),
      };
    case 'payOut':
      return {
        to: addresses.flightCover,
        data: encodeFunctionData({ abi: flightCoverAbi, functionName: 'payOut', args: [duty.policy] }),
      };
    case 'expel':
      return {
        to: addresses.reporterSet,
        data: encodeFunctionData({ abi: reporterSetAbi, functionName: 'expel' }),
      };
    case 'settleSlash':
      return {
        to: addresses.reporterSet,
        data: encodeFunctionData({
          abi: reporterSetAbi,
          functionName: 'settleSlash',
          args: [duty.epoch, duty.entry],
        }),
      };
  }
}

/**
 * Starts the keeper: it does for everybody what anybody may do. It makes accepted answers final, pays, refunds or closes
 * policies, cancels overdue questions, ends disputes, and sees that the slashed leave the set. It holds no state of its own: what is left to do is read from the
 * chain each time, so it may die, be doubled or lose the chain for minutes without paying twice.
 */
export async function startKeeper(init: KeeperInit): Promise<{ stop(): Promise<void> }> {
  const { addresses } = init;
  const log = init.log ?? (() => undefined);
  const account = privateKeyToAccount(init.privateKey);
  const client = createPublicClient({
    transport: http(init.rpcUrl, { timeout: 4_000, retryCount: 0 }),
    cacheTime: 0,
  });
  const sender = createSender(client, {
    account,
    rpcUrl: init.rpcUrl,
    chainId: init.chainId,
    timeoutMs: 15_000,
  });
  const follower = createChainFollower(client, addresses, BigInt(init.fromBlock ?? 0));
  const refused = new Map<string, { readonly until: number; readonly times: number }>();
  /** The first refusals are as a rule a second too early; what stays refused is asked ever more rarely. */
  function refuse(key: string, now: number): void {
    const times = (refused.get(key)?.times ?? 0) + 1;
    const pause = times <= 6 ? 0 : Math.min(longestPause, 2 ** (times - 6));
    refused.set(key, { until: now + pause, times });
  }

  async function step(): Promise<void> {
    await follower.sync();
    const { timestamp } = await client.getBlock({ blockTag: 'latest' });
    // The calls run in a later block: what is due by then may be sent now, and the estimate refuses what is early.
    const now = Number(timestamp) + 1;
    const duties = dutiesOf(follower, addresses.flightCover, now)
      .filter(({ key }) => (refused.get(key)?.until ?? 0) <= now)
      .slice(0, batchSize);
    const calls = await Promise.all(
      duties.map(async (duty): Promise<(Call & { readonly duty: Duty }) | undefined> => {
        const call = callOf(addresses, duty);
        try {
          const gas = await client.estimateGas({ account: account.address, ...call });
          // What another call of the batch changes first can make this one dearer.
          return { ...call, gas: gas * 2n + 100_000n, duty };
        } catch {
          refuse(duty.key, now);
          return undefined;
        }
      }),
    );
    const sent = calls.filter((call) => call !== undefined);
    if (sent.length === 0) return;
    const receipts = await sender.send(sent);
    for (const [at, receipt] of receipts.entries()) {
      const { duty } = sent[at]!;
      log(`${duty.kind} ${duty.subject}: ${receipt.status}`);
      if (receipt.status !== 'success') refuse(duty.key, now);
      // A bond that is empty already leaves no trace when it is taken: that duty is done all the same.
      else if (duty.kind === 'settleSlash')
        refused.set(duty.key, { until: Number.POSITIVE_INFINITY, times: 0 });
      else refused.delete(duty.key);
    }
    if (refused.size > 20_000) refused.clear();
  }

  const stopping = new AbortController();
  async function run(): Promise<void> {
    let lastComplaint = '';
    while (!stopping.signal.aborted) {
      try {
        await step();
        lastComplaint = '';
      } catch (error) {
        const line = error instanceof Error ? error.message.split('\n')[0]! : String(error);
        if (line !== lastComplaint) log(`waiting: ${line}`);
        lastComplaint = line;
      }
      await sleep(lastComplaint === '' ? pauseMs : 1_500, undefined, { signal: stopping.signal }).catch(
        () => undefined,
      );
    }
  }
  const running = run();
  return {
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}
