import type { DecisionLog, RecordedDecision } from '@lichen/journal';
import type {
  DecisionAct,
  DecisionAmount,
  DecisionKind,
  DecisionResult,
  InputProvenance,
} from '@lichen/protocol';
import type { Address, Hex } from 'viem';
import type { Tool, Toolbox } from '../tools/types.ts';

/** One thing that the agent saw. The bytes are kept beside the journal. */
export interface ObservedInput {
  /** What the rules call it. `calls` and `model` are the runtime's own names. */
  readonly name: string;
  readonly bytes: Uint8Array;
  /** `application/json` reaches the rules parsed, `text/*` as a string. */
  readonly mediaType: string;
  readonly uri: string;
  /** Unix milliseconds at which it was seen. */
  readonly at: number;
  readonly provenance: InputProvenance;
  /** Kept behind a salt, so that deleting the blob deletes the content. */
  readonly isPrivate?: boolean;
}

/** What there is to decide on. */
export interface Observation {
  /** Unix milliseconds: the decision's time, and the only clock that the rules see. */
  readonly time: number;
  readonly inputs: readonly ObservedInput[];
}

/** A call that rules want to make. There is no room in it for anything else, and none for native money. */
export interface AgentCall {
  readonly to: Address;
  readonly data: Hex;
}

/** What became of an act, read from the chain. */
export interface ActOutcome {
  readonly result: DecisionResult;
  /** What really left and came, base units. */
  readonly amounts: readonly DecisionAmount[];
  /** What shows it, for example the receipt. */
  readonly inputs?: readonly ObservedInput[];
}

/** An act that was simulated and can be signed once its intent is on the disk. Nothing is signed yet. */
export interface PreparedAct {
  readonly act: DecisionAct;
  /** Block at whose state the calls were found to be allowed; reconciling looks from here on. */
  readonly checkedAt?: number;
  /**
   * Signs, sends and waits, at most once. After `signal` aborts nothing is signed any more.
   * @param intent 0x and the leaf hash of the intent
   */
  perform(intent: Hex, signal?: AbortSignal): Promise<ActOutcome>;
}

/** An act that can still land: to drop it, something harmless has to take its nonce, as an intent of its own. */
export interface NonceToTake {
  readonly takesNonce: PreparedAct;
}

/** The only part that holds a key. It is given typed calls and hashes, never text. */
export interface Actor {
  /**
   * Simulates calls at the chain and fixes all that is going to be signed but the intent's hash. Signs nothing.
   * @throws LichenError `mandate-*` and the called contract's own reasons become refusals
   */
  prepare(calls: readonly AgentCall[]): Promise<PreparedAct>;
  /**
   * What became of an intent, by reading the chain. `pending` and `unknown` leave it open, to be asked about again.
   * Signs nothing: where something has to be signed first, that comes back for the runtime to record and perform.
   * @param fromBlock block before which no act of this intent can have landed
   * @throws LichenError `chain-unreachable`, `timeout`: nothing is known yet
   */
  reconcile(intent: RecordedDecision, fromBlock?: number): Promise<ActOutcome | NonceToTake>;
}

/** A model that the rules may ask. */
export type AgentModel =
  | { readonly kind: 'integer'; readonly blob: Uint8Array }
  | {
      readonly kind: 'language';
      /** Provider and name. */
      readonly id: string;
      /** Temperature, seed and the like, as text. */
      readonly settings: string;
      /** @throws LichenError: the rules are given null */
      ask(prompt: string, signal: AbortSignal): Promise<string>;
    };

/** Milliseconds after which a wait ends with its default. */
export interface AgentDeadlines {
  /** 30,000. Then: a refusal is recorded. */
  readonly observeMs?: number;
  /** 60,000. Then: the rules are given null for the model's output. */
  readonly modelMs?: number;
  /** 30,000. Then: a refusal is recorded. */
  readonly prepareMs?: number;
  /** 60,000. Then: the act is not signed and failed. */
  readonly beforeActMs?: number;
  /** 180,000. Then: nothing may be signed any more; the outcome is unknown and is read from the chain. */
  readonly actMs?: number;
  /** 180,000. Then: the intent stays open. */
  readonly reconcileMs?: number;
}

/** Where a decision is on its way: what a crash test kills at, and what a trace shows. */
export const agentPoints = [
  'observed',
  'decided',
  'prepared',
  'intent-recorded',
  'before-act',
  'acted',
  'outcome-recorded',
  'reconciling',
  'nonce-intent-recorded',
  'reconciled',
] as const;
export type AgentPoint = (typeof agentPoints)[number];

export interface AgentInit {
  /** Journal of this agent alone. Its clock and zone are the agent's. */
  readonly decisions: DecisionLog;
  /** The rules: bytes of one ES module without imports. */
  readonly rulesCode: Uint8Array;
  readonly rulesVersion: string;
  readonly model?: AgentModel;
  /** Undefined: there is nothing to decide on now, and nothing is recorded. */
  observe(signal: AbortSignal, tools: Toolbox): Promise<Observation | undefined>;
  readonly actor: Actor;
  /** Unix milliseconds: time of what the runtime itself records. */
  readonly clock: () => number;
  /** What `observe` may reach for, and what it is granted of it. */
  readonly tools?: readonly Tool[];
  readonly capabilities?: readonly string[];
  readonly deadlines?: AgentDeadlines;
  readonly log?: (line: string) => void;
  /** Between the intent's record and its signature, for example to anchor before a large transfer. It throws: no act. */
  beforeAct?(intent: RecordedDecision, amounts: readonly DecisionAmount[]): Promise<void>;
  /** Told of each point passed, in order; awaited. */
  readonly onPoint?: (point: AgentPoint) => void | Promise<void>;
}

export interface AgentState {
  readonly state: 'starting' | 'running' | 'paused' | 'failed' | 'stopped';
  /** Unix milliseconds. */
  readonly since: number;
  /** Why it is in this state; empty for running. */
  readonly reason: string;
  /** Intents whose outcome is not certain: while there are any, nothing acts. */
  readonly openIntents: number;
  readonly lastDecision: {
    readonly index: number;
    readonly leafHash: string;
    readonly kind: DecisionKind;
    readonly choice: string;
    readonly time: number;
  } | null;
}

/** A program that observes, decides by its rules, acts within a mandate and records all of it. */
export interface Agent {
  /** Records what changed since the last run and asks the chain about every intent left open. */
  start(): Promise<void>;
  /**
   * One decision from observation to outcome. Undefined: nothing to decide on, or an intent is open.
   * @throws LichenError `not-running` before `start` and after `stop`; `disk-full`, `state-damaged` of the journal
   */
  step(): Promise<RecordedDecision | undefined>;
  /** Steps until `signal` aborts. @param pauseMs between steps; 1,000 when absent */
  run(signal: AbortSignal, pauseMs?: number): Promise<void>;
  /** Resolves when no new act can be signed any more, and that is on the disk. It lasts across restarts. */
  pause(reason: string): Promise<void>;
  resume(reason: string): Promise<void>;
  state(): AgentState;
  /** Resolves when no new act can be signed any more. The agent can be started again by another `createAgent`. */
  stop(): Promise<void>;
}
