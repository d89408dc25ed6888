import type { DecisionKind, Sha256, Terms, TrustPolicy } from '@lichen/protocol';
import type { Address, PublicClient } from 'viem';
import type { ReplayReport } from '../agents/replayReport.ts';
import type { AuditFinding } from './auditFinding.ts';

/** What an audit reads: a journal, wherever its files are, and a chain. Neither is trusted further than it proves itself. */
export interface AuditSource {
  /**
   * A node. What it says of the chain is believed, so it should be the auditor's own; one that keeps its history can show
   * more. Batching transports make it faster.
   */
  readonly chain: PublicClient;
  /**
   * Bytes of a file of the journal – `checkpoint`, `tile/…`, `blob/<SHA-256>` – or undefined where there is none. What it
   * throws ends the audit.
   */
  readonly read: (path: string) => Promise<Uint8Array | undefined>;
  /** Key of the journal's heads. https://c2sp.org/signed-note */
  readonly vkey: string;
  /** Whom the auditor trusts as witnesses; without it none is looked at. */
  readonly policy?: TrustPolicy;
  /** The agent's key. */
  readonly agent: Address;
  /** Whose mandates it uses. */
  readonly account: Address;
  readonly mandateExecutor: Address;
  /** Contract with the heads of journals; without it no anchor is looked at. */
  readonly anchor?: Address;
  /** Who anchors the journal; the agent's key when absent. */
  readonly anchorWriter?: Address;
  /** Tell operations that the agent signed from those of the account's owner. */
  readonly entryPoint?: Address;
  readonly mandateValidator?: Address;
  /** Mandates granted before `fromBlock`, whose terms no event tells. */
  readonly mandates?: readonly Terms[];
  /** First block to look at; 0 when absent. */
  readonly fromBlock?: bigint;
  /** Who signs the market's statements, and the pair that they are about. */
  readonly market?: { readonly source: Address; readonly pair: Address };
}

/** How many: all, or so many, chosen by chance. */
export type AuditSample = 'all' | number;

export interface AuditOptions {
  /** Decisions whose blobs, signatures and chain readings are looked at; 1,000 when absent. */
  readonly inputs?: AuditSample;
  /** Decisions that are run again; none when absent. */
  readonly replay?: AuditSample;
  /**
   * Runs a decision again, for example in a thread of its own: code out of a journal is a stranger's. `replayDecision` in this
   * thread when absent. What it throws ends the audit, except `timeout`.
   */
  readonly replayOne?: (
    entry: Uint8Array,
    blob: (sha256: string) => Promise<Uint8Array | undefined>,
  ) => Promise<ReplayReport>;
  /** By how much the clocks of agent and chain may differ, milliseconds; 60,000 when absent. */
  readonly toleranceMs?: number;
  /** Milliseconds in which an intent must have a certain outcome; 600,000 when absent. */
  readonly deadlineMs?: number;
  /**
   * Milliseconds after an act that the chain shows, in which an agent that goes on deciding must have recorded its outcome;
   * 120,000 when absent.
   */
  readonly outcomeMs?: number;
  /** Milliseconds after an act in which a head on the chain should have its intent; 600,000 when absent. */
  readonly anchorMs?: number;
  /** Milliseconds in which witnesses may still sign the head of a running journal; 0 when absent. */
  readonly headWaitMs?: number;
  /** Unix milliseconds; the machine's clock when absent. */
  readonly now?: () => number;
  /** A faster SHA-256 than the one that runs everywhere. */
  readonly hash?: Sha256;
  /** Requests to the node at the same time; 64 when absent. */
  readonly requests?: number;
  /** Findings of each severity that are listed; 1,000 when absent. */
  readonly mostFindings?: number;
  /** Told how far it is, a few times a second. */
  readonly onProgress?: (progress: AuditProgress) => void;
}

export const auditParts = ['chain', 'journal', 'acts', 'transactions', 'outcomes', 'bounds'] as const;
export type AuditPartName = (typeof auditParts)[number];

export interface AuditProgress {
  readonly part: AuditPartName;
  readonly done: number;
  /** As far as it is known. */
  readonly of: number | undefined;
}

/** One thing that an audit looks at, and whether it could. */
export interface AuditCheck {
  readonly name:
    | 'journal'
    | 'anchors'
    | 'witnesses'
    | 'acts'
    | 'transactions'
    | 'outcomes'
    | 'amounts'
    | 'bounds'
    | 'order'
    | 'inputs'
    | 'signatures'
    | 'replay';
  /** `partly`: some of it could not be looked at; `skipped`: none of it. */
  readonly state: 'checked' | 'partly' | 'skipped';
  /** What was looked at or why not, in a sentence. */
  readonly note: string;
}

export interface AuditCounts {
  readonly decisions: number;
  readonly kinds: Readonly<Record<DecisionKind, number>>;
  /** Acts of the agent's mandates on the chain, and the calls in them. */
  readonly acts: number;
  readonly calls: number;
  /** Transactions that the agent's key ever sent; of these: acts, anchors, and those whose block was found by halving. */
  readonly transactions: number;
  readonly anchors: number;
  readonly sought: number;
  /** Mandates that the account gave this agent. */
  readonly mandates: number;
  /** Uses of other agents' mandates of the same account, and what the account did by its owner's hand: not the agent's. */
  readonly actsOfOthers: number;
  readonly operationsOfAccount: number;
  /** Decisions whose inputs were looked at, and the blobs in them. */
  readonly inputsOf: number;
  readonly blobs: number;
}

/** What moved of one asset by the agent's acts, base units as decimal text; negative left the account. */
export interface AuditMoney {
  /** CAIP-19, `eip155:<chain id>/erc20:<address>`. */
  readonly asset: string;
  /** By the chain's transfers. */
  readonly moved: string;
  /** By the outcomes in the journal. */
  readonly claimed: string;
  /** Counted by the mandates, for their own asset. */
  readonly counted: string;
}

/** Decisions and acts over time, in equal steps. */
export interface AuditTimeline {
  /** Unix milliseconds. */
  readonly from: number;
  readonly to: number;
  readonly steps: readonly {
    readonly intents: number;
    readonly refusals: number;
    readonly others: number;
    readonly acts: number;
  }[];
  /** Heads on the chain, unix milliseconds. */
  readonly anchors: readonly number[];
  /** Spans in which the agent was paused, unix milliseconds. */
  readonly pauses: readonly { readonly from: number; readonly to: number }[];
}

export interface AuditReport {
  readonly agent: Address;
  readonly account: Address;
  readonly chainId: number;
  /** Unix milliseconds at which it was made. */
  readonly at: number;
  /** The chain as it was read: from, to, and the time of the last block (unix milliseconds). */
  readonly blocks: { readonly from: number; readonly to: number; readonly time: number };
  readonly journal: {
    readonly origin: string | undefined;
    readonly size: number;
    /** 64 hex digits. */
    readonly root: string;
    /** Entries that the largest head on the chain covers. */
    readonly anchored: number;
    readonly witnessedBy: readonly string[];
  };
  readonly counts: AuditCounts;
  readonly money: readonly AuditMoney[];
  readonly checks: readonly AuditCheck[];
  readonly findings: readonly AuditFinding[];
  /** Decisions run again, by grade; `failed` came out otherwise, `skipped` hold nothing to run or something is missing. */
  readonly replay?: {
    readonly A: number;
    readonly B: number;
    readonly C: number;
    readonly failed: number;
    readonly skipped: number;
  };
  readonly timeline: AuditTimeline | undefined;
  /** Milliseconds by part. */
  readonly took: Readonly<Record<AuditPartName, number>>;
  /** No faults. Warnings may be there. */
  readonly isClean: boolean;
}
