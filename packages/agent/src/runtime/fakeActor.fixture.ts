// An actor and a journal for tests of the runtime: everything that is signed is counted.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DecisionLog, openDecisionLog, type RecordedDecision } from '@lichen/journal';
import { blobHashOf } from '@lichen/protocol';
import { type Hex, hexToBytes, slice } from 'viem';
import { createAgent } from './createAgent.ts';
import type {
  ActOutcome,
  Actor,
  Agent,
  AgentCall,
  AgentInit,
  NonceToTake,
  Observation,
  ObservedInput,
} from './types.ts';

export const token = '0x00000000000000000000000000000000000070ce';
export const agentId = 'eip155:31338:0x00000000000000000000000000000000000000aa';

export const settled: ActOutcome = {
  result: { block: 7, reason: '', status: 'settled', transaction: `0x${'ab'.repeat(32)}` },
  amounts: [{ amount: '-1', asset: token }],
};
export const unknown: ActOutcome = {
  result: { block: null, reason: 'the reply was lost', status: 'unknown', transaction: null },
  amounts: [],
};

export interface FakeActor extends Actor {
  /** Intents under which something was signed, in order. */
  readonly signed: Hex[];
  readonly prepared: (readonly AgentCall[])[];
}

export interface FakeBehaviour {
  prepare?: () => Promise<void>;
  /** Before the signature. */
  beforeSigning?: () => Promise<void>;
  /** After it. */
  outcome?: (intent: Hex) => Promise<ActOutcome>;
  reconcile?: (intent: RecordedDecision) => Promise<ActOutcome | 'take the nonce'>;
}

/** Behaves as told; signs where an actor would. */
export function fakeActor(behaviour: FakeBehaviour = {}): FakeActor {
  const signed: Hex[] = [];
  const prepared: (readonly AgentCall[])[] = [];
  const notSigned: ActOutcome = {
    result: { block: null, reason: 'not signed: told to stop', status: 'failed', transaction: null },
    amounts: [],
  };
  const perform = async (intent: Hex, signal?: AbortSignal): Promise<ActOutcome> => {
    await behaviour.beforeSigning?.();
    if (signal?.aborted === true) return notSigned;
    signed.push(intent);
    return (await behaviour.outcome?.(intent)) ?? settled;
  };
  const act = { account: token, chainId: 31_338, nonce: 3 } as const;
  return {
    signed,
    prepared,
    prepare: async (calls) => {
      await behaviour.prepare?.();
      prepared.push(calls);
      const recorded = calls.map(({ to, data }) => ({
        dataSha256: blobHashOf(hexToBytes(data)),
        selector: slice(data, 0, 4),
        to,
      }));
      return { act: { ...act, calls: recorded, mandate: `0x${'01'.repeat(32)}` }, checkedAt: 5, perform };
    },
    reconcile: async (intent): Promise<ActOutcome | NonceToTake> => {
      const found = (await behaviour.reconcile?.(intent)) ?? settled;
      if (found !== 'take the nonce') return found;
      return { takesNonce: { act: { ...act, calls: [], mandate: null }, perform } };
    },
  };
}

/** Rules that do what the input `wish` says; with a model, what the model says. */
export const wishRules: Uint8Array = new TextEncoder().encode(`
export function modelInput({ inputs }) { return inputs.wish.ask ?? null; }
export function decide({ time, zone, inputs }, output) {
  const { wish } = inputs;
  if (wish.throws) throw new Error('these rules are broken');
  const base = { task: 'test', checks: [{ rule: 'zone', got: zone, limit: String(time), passed: true }], rejected: [], amounts: [] };
  if (wish.kind === 'refusal') return { ...base, kind: 'refusal', choice: 'nothing: ' + JSON.stringify(output), calls: [] };
  return { ...base, kind: 'intent', choice: 'pay ' + JSON.stringify(output), amounts: [{ amount: '-1', asset: '${token}' }],
    calls: [{ to: '${token}', data: '0xa9059cbb' + '00'.repeat(64) }] };
}`);

export function jsonInput(name: string, value: unknown, change: Partial<ObservedInput> = {}): ObservedInput {
  return {
    name,
    bytes: new TextEncoder().encode(JSON.stringify(value)),
    mediaType: 'application/json',
    uri: `test:${name}`,
    at: 1_000,
    provenance: { by: 'operator' },
    ...change,
  };
}

export const wish = (value: object = {}, time = 1_000): Observation => ({
  time,
  inputs: [jsonInput('wish', value)],
});

export interface TestBench {
  readonly folder: string;
  decisions: DecisionLog;
  /** Every decision on the disk. */
  all(): RecordedDecision[];
  kinds(): string[];
  open(actor: Actor, change?: Partial<AgentInit>): Promise<Agent>;
  /** Closes the journal and opens it again, as another process would. */
  reopen(): Promise<void>;
  end(): Promise<void>;
}

export async function openBench(): Promise<TestBench> {
  const folder = mkdtempSync(join(tmpdir(), 'lichen-agent-'));
  const openLog = () =>
    openDecisionLog({
      folder,
      origin: 'lichen.test/agent',
      secretKey: new Uint8Array(32).fill(3),
      checkpointEveryMs: 0,
      agent: agentId,
      zone: 'America/New_York',
    });
  const bench: TestBench = {
    folder,
    decisions: await openLog(),
    all: () => [...bench.decisions.since(0)],
    kinds: () => bench.all().map(({ decision }) => `${decision.kind} ${decision.choice}`),
    open: (actor, change = {}) =>
      createAgent({
        decisions: bench.decisions,
        rulesCode: wishRules,
        rulesVersion: '1',
        observe: async () => wish(),
        actor,
        clock: () => 5_000,
        ...change,
      }),
    reopen: async () => {
      await bench.decisions.close();
      bench.decisions = await openLog();
    },
    end: async () => {
      await bench.decisions.close().catch(() => undefined);
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return bench;
}
