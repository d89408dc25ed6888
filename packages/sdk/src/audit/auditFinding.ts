import { type JournalFinding, type JournalFindingCode, journalFindingCodes } from '@lichen/protocol';
import type { Hex } from 'viem';

/** What an audit finds besides what is wrong with the journal's own files, closed. */
export const actFindingCodes = [
  /** A mandate was used, and no intent in the journal has the hash that it carried. */
  'act-without-intent',
  /** A transaction of the agent's key, or an operation that it signed, that no decision announces. */
  'transaction-without-intent',
  /** One intent stands for more than one act. */
  'intent-used-twice',
  /** The calls that were made are not those that the intent announced. */
  'calls-differ',
  /** The act used another mandate, account, chain or nonce than the intent announced. */
  'act-differs',
  /** The act cannot be read out of its transaction; only its events are known. */
  'act-unreadable',
  /** The account itself used a mandate of the agent: the agent signed nothing. */
  'act-by-account',
  /** The intent is younger than its act. */
  'intent-late',
  /** Nothing on the chain shows when the intent was in the journal. */
  'intent-unanchored',
  /** An intent of which the journal does not say what became. */
  'intent-without-outcome',
  /** An outcome or payment refers to no intent before it. */
  'outcome-without-intent',
  /** The outcome is still open although its deadline is past. */
  'outcome-uncertain',
  /** Two outcomes of one intent say different things. */
  'outcome-contradicted',
  /** The outcome names a transaction that is not on the chain. */
  'transaction-missing',
  /** The outcome says settled, and its transaction was taken back. */
  'transaction-failed',
  /** The transaction that an outcome names does not carry the hash of its intent. */
  'transaction-of-another',
  /** The outcome says failed, and the chain shows the act. */
  'outcome-denied',
  /** The outcome names another block than that of its transaction. */
  'block-differs',
  /** The amounts that an outcome claims are not those that moved. */
  'amounts-differ',
  /** The amounts of an outcome are in names that cannot be compared with the chain. */
  'amounts-unreadable',
  /** More of the mandate's asset left the account than the mandate counted. */
  'amount-uncounted',
  /** Mandate and budget: more than the terms allow. */
  'call-too-large',
  'period-exceeded',
  'too-many-calls',
  'budget-exceeded',
  'function-denied',
  'outside-validity',
  'mandate-revoked',
  'mandate-paused',
  /** The terms of a mandate that was used are not known. */
  'terms-unknown',
  /** The agent acted although a check that it recorded had not passed. */
  'check-failed',
  /** An intent was recorded while the agent was paused by its own journal. */
  'acted-while-paused',
  /** An act that was recorded before a pause landed during it. */
  'landed-while-paused',
  /** The decision is of another agent than the one whose key and mandates are audited. */
  'agent-differs',
  /** Bytes that a decision refers to are not there. */
  'blob-missing',
  /** Bytes that a decision refers to are not what their name says. */
  'blob-altered',
  /** A signature by which an input was trusted does not verify. */
  'input-unsigned',
  /** The chain says something else than an input that was taken from it. */
  'input-untrue',
  /** Running the decision again gives another one. */
  'replay-differs',
  /** The node has dropped old states or blocks, so that something could not be looked at. */
  'history-pruned',
  /** So much is wrong that the rest is not listed. */
  'findings-stopped',
] as const;

export const auditFindingCodes = [...journalFindingCodes, ...actFindingCodes] as const;
export type AuditFindingCode = JournalFindingCode | (typeof actFindingCodes)[number];

export type AuditSeverity = 'fault' | 'warning';

/** Where a finding lies; whatever is known of it. */
export interface AuditPlace {
  /** Entry of the journal. */
  readonly index?: number;
  /** Leaf hash of the decision, 64 hex digits. */
  readonly leafHash?: string;
  readonly transaction?: Hex;
  readonly block?: number;
  /** File of the journal. */
  readonly path?: string;
  /** Unix milliseconds. */
  readonly at?: number;
}

/** One thing that is wrong, or that a person should judge. */
export interface AuditFinding {
  readonly code: AuditFindingCode;
  /** A fault breaks a promise of the agent; a warning is something that could not be shown or is for a person to judge. */
  readonly severity: AuditSeverity;
  /** What was found, in a sentence. */
  readonly what: string;
  readonly where: AuditPlace;
  /** What to do next, in a sentence. */
  readonly next: string;
  readonly got?: string;
  readonly expected?: string;
}

/** A finding as a check makes it: severity `fault` when it says nothing else. */
export interface AuditFindingInit {
  readonly code: AuditFindingCode;
  readonly severity?: AuditSeverity;
  readonly what: string;
  readonly where?: AuditPlace;
  readonly got?: string;
  readonly expected?: string;
}

export type AuditFindingTaker = (finding: AuditFindingInit) => void;

const keepCopy =
  'Keep this copy of the journal with its head: it is the evidence. Then ask the operator, and pause the mandates.';
const askOperator =
  'Ask the operator for the record of it; until then pause the mandate: `lichen mandate pause`.';
const stop = 'Revoke the mandate: `lichen mandate revoke`. Then look at what the transaction moved.';
const lookAgain = 'Look again later; if it stays so, ask the operator.';
const readTransaction = 'Read the transaction, and compare it with the decision by hand.';

const nextSteps: Readonly<Partial<Record<AuditFindingCode, string>>> = {
  'act-without-intent': stop,
  'transaction-without-intent': stop,
  'intent-used-twice': stop,
  'calls-differ': stop,
  'act-differs': stop,
  'act-unreadable': readTransaction,
  'act-by-account': 'Ask the owner of the account: the agent has no part in it.',
  'intent-late': stop,
  'intent-unanchored': 'Have the agent anchor its journal more often, or before large acts.',
  'intent-without-outcome': 'Start the agent again: it asks the chain what became of its open intents.',
  'outcome-uncertain': 'Start the agent again: it asks the chain what became of its open intents.',
  'landed-while-paused': readTransaction,
  'transaction-missing':
    'Ask a second node for it. If no node has it, the outcome is false: pause the mandate.',
  'amounts-unreadable':
    'Compare the amounts by hand, or have the agent name assets as docs/spec/audit.md says.',
  'amount-uncounted':
    'Look at the contract that took more: an allowance that the account left it may be open.',
  'terms-unknown': 'Give the terms with --mandate, or audit from an earlier block.',
  'block-differs': lookAgain,
  'blob-missing': 'Get the bytes from another copy of the journal: their hash proves them.',
  'blob-altered': 'Get the bytes from another copy of the journal: their hash proves them. Do not use these.',
  'input-unsigned':
    'Ask the source whether it said that. The decision rests on something that nobody signed.',
  'input-untrue': 'Ask a second node. If it agrees, the agent recorded something that the chain did not say.',
  'replay-differs': 'Run it again with `lichen replay` and look at the step that differs.',
  'history-pruned': 'Audit again with --rpc of a node that keeps its history.',
  'findings-stopped': 'Look at those above first.',
  'cosignature-unknown': 'Nothing, unless the name should be in your trust policy.',
  'time-backwards': lookAgain,
  'agent-changed': 'Ask the operator why another key decides.',
  'agent-differs': 'Make sure that this is the journal of this agent.',
  'checkpoint-missing': 'Ask the operator for the journal; without it every act is one without a record.',
  'checkpoint-foreign': 'Make sure that this is the key of this journal.',
  'checkpoint-untrusted': 'Make sure that your trust policy names the key of this journal.',
  'quorum-missing': lookAgain,
  'file-missing': 'Get the file from another copy of the journal: its head proves it.',
};

/** What to do about a finding. */
export function nextStepOf(code: AuditFindingCode): string {
  const isOfJournal = (journalFindingCodes as readonly string[]).includes(code);
  return nextSteps[code] ?? (isOfJournal ? keepCopy : askOperator);
}

/** A finding about the journal's files, as one of the audit. */
export function findingOfJournal(finding: JournalFinding): AuditFindingInit {
  const { code, severity, what, path, index, got, expected } = finding;
  return {
    code,
    severity,
    what,
    where: { path, ...(index === undefined ? {} : { index }) },
    ...(got === undefined ? {} : { got }),
    ...(expected === undefined ? {} : { expected }),
  };
}

/** Collects findings, `most` of each severity at the most; what comes after is counted. */
export function collectFindings(most: number): {
  readonly find: AuditFindingTaker;
  /** Faults first, each in the order of the journal. */
  list(): AuditFinding[];
} {
  const kept: Record<AuditSeverity, AuditFinding[]> = { fault: [], warning: [] };
  const dropped: Record<AuditSeverity, number> = { fault: 0, warning: 0 };
  return {
    find: ({ severity = 'fault', where = {}, ...finding }) => {
      if (kept[severity].length >= most) {
        dropped[severity] += 1;
        return;
      }
      kept[severity].push({ ...finding, severity, where, next: nextStepOf(finding.code) });
    },
    list: () =>
      (['fault', 'warning'] as const).flatMap((severity) => {
        const sorted = [...kept[severity]].sort(
          (a, b) => (a.where.index ?? Number.MAX_SAFE_INTEGER) - (b.where.index ?? Number.MAX_SAFE_INTEGER),
        );
        if (dropped[severity] === 0) return sorted;
        const more: AuditFinding = {
          code: 'findings-stopped',
          severity,
          what: `${dropped[severity]} more ${severity}s are not listed.`,
          where: {},
          next: nextStepOf('findings-stopped'),
        };
        return [...sorted, more];
      }),
  };
}
