// The trading agent as the supervisor starts it, in this process, on a chain whose market the test moves.
import { type ChildPart, publicKeysOf } from '@lichen/node';
import { vkeyTextOf } from '@lichen/protocol';
import { type AuditReport, auditAgent, mandateExecutorAbi } from '@lichen/sdk';
import { type Hex, type PublicClient, parseEther } from 'viem';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { expect } from 'vitest';
import { readJournalUrl } from '../../src/journal/journalReader.ts';
import { checkRun, type RunCheck } from '../../src/report/checkRun.ts';
import type { Misbehaviour } from '../../src/serve/misbehave.ts';
import { startTrading } from '../../src/serve/startTrading.ts';
import type { AgentStateBody, EquityBody } from './agentBodies.ts';
import type { TradingChain } from './tradingChain.ts';

const controlToken = 'cd'.repeat(32);

export interface ServedAgent {
  readonly anchorKey: Hex;
  /** Starts it again after a stop. */
  start(): Promise<void>;
  stop(): Promise<void>;
  get<T>(path: string): Promise<T>;
  /** Status of the answer to an order. */
  order(path: string, reason: string, token?: string): Promise<number>;
  points(): Promise<EquityBody['points']>;
  /** Opens a recorded day, waits until it is decided and carried out, and closes it. */
  live(index: number): Promise<void>;
  /** Hashes of intents that the executor's events name. */
  actsOnChain(): Promise<Hex[]>;
  check(): Promise<RunCheck>;
  audit(options?: Parameters<typeof auditAgent>[1]): Promise<AuditReport>;
}

/** Waits for what the agent does in its own time; the test's timeout ends it. */
export async function until<T>(what: () => Promise<T | undefined | false>): Promise<T> {
  for (;;) {
    const value = await what();
    if (value !== undefined && value !== false) return value;
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
}

/** Codes of the faults in an audit, each once, in order. */
export function faultsOf({ findings }: AuditReport): string[] {
  return [...new Set(findings.filter(({ severity }) => severity === 'fault').map(({ code }) => code))].sort();
}

export async function serveAgent(
  world: TradingChain,
  stateDir: string,
  more: {
    readonly misbehave?: Misbehaviour;
    readonly witnesses?: readonly { readonly url: string; readonly witness: readonly string[] }[];
  } = {},
): Promise<ServedAgent> {
  const { chain, market, agentKey, account, exported, mandates, marketUrl } = world;
  const { client, chainId } = chain;
  const executor = client.config.accounts!.mandateExecutor;
  const anchorKey = generatePrivateKey();
  const anchorWriter = privateKeyToAccount(anchorKey).address;
  const agentAddress = privateKeyToAccount(agentKey).address;
  const hash = await client.wallet!.sendTransaction({ to: anchorWriter, value: parseEther('10') });
  await client.chain.waitForTransactionReceipt({ hash });
  let part: ChildPart | undefined;
  const url = () => part!.url!;
  const vkey = vkeyTextOf(publicKeysOf(chainId, agentAddress, agentKey).journal);

  async function start(): Promise<void> {
    part = await startTrading(
      {
        name: 'trading',
        privateKey: agentKey,
        anchorKey,
        rpcUrl: chain.url,
        chainId,
        addresses: client.addresses,
        accounts: client.config.accounts!,
        market,
        marketUrl,
        account,
        mandates: exported,
        stateDir,
        port: 0,
        controlToken,
        witnesses: more.witnesses ?? [],
        anchor: chain.anchor,
        fromBlock: 0,
        ...(more.misbehave === undefined ? {} : { misbehave: more.misbehave }),
      },
      { log: () => undefined, pauses: { lookMs: 40, headMs: 100, anchorMs: 150 } },
    );
  }
  async function get<T>(path: string): Promise<T> {
    const answer = await fetch(`${url()}/${path}`);
    expect(answer.status, path).toBe(200);
    return (await answer.json()) as T;
  }
  const points = async () => (await get<EquityBody>('equity')).points;
  await start();
  return {
    anchorKey,
    start,
    stop: async () => {
      await part?.stop();
      part = undefined;
    },
    get,
    points,
    order: async (path, reason, token = controlToken) => {
      const answer = await fetch(`${url()}/${path}`, {
        method: 'POST',
        headers: { 'lichen-control': token },
        body: JSON.stringify({ reason }),
      });
      return answer.status;
    },
    live: async (index) => {
      const { length } = await points();
      await world.enter(index, 'open');
      await until(
        async () =>
          (await points()).length > length && (await get<AgentStateBody>('status')).openIntents === 0,
      );
      await world.enter(index, 'close');
    },
    actsOnChain: async () => {
      const logs = await client.chain.getContractEvents({
        address: executor,
        abi: mandateExecutorAbi,
        eventName: 'MandateUsed',
        args: { account },
        fromBlock: 0n,
      });
      return [...new Set(logs.map(({ args }) => args.intent!))];
    },
    check: () => checkRun({ read: readJournalUrl(`${url()}/journal`), vkey, replay: 'all', isAlone: false }),
    audit: (options) =>
      auditAgent(
        {
          chain: client.chain as PublicClient,
          read: readJournalUrl(`${url()}/journal`),
          vkey,
          agent: agentAddress,
          account,
          mandateExecutor: executor,
          anchor: chain.anchor,
          anchorWriter,
          mandates,
          market,
        },
        { inputs: 'all', replay: 'all', ...options },
      ),
  };
}
