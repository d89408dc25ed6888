/** Everything that a whole journal can have wrong, closed. */
export const journalFindingCodes = [
  /** There is no signed head. */
  'checkpoint-missing',
  /** The head is no signed note, or no checkpoint. */
  'checkpoint-malformed',
  /** The head is of a journal with another name. */
  'checkpoint-foreign',
  /** The journal's key did not sign the head. */
  'checkpoint-unsigned',
  /** The reader's policy does not know the journal's key. */
  'checkpoint-untrusted',
  /** A signature that claims a witness of the policy does not verify. */
  'cosignature-broken',
  /** A signature by somebody the reader does not know. */
  'cosignature-unknown',
  /** Fewer witnesses signed the head than the policy asks for. */
  'quorum-missing',
  /** A file that the head covers is not there. */
  'file-missing',
  /** A tile is shorter or longer than its name says. */
  'tile-malformed',
  /** A tile holds another hash than the tree under the head. */
  'tile-altered',
  /** A bundle does not come apart into the entries that its name says. */
  'entries-malformed',
  /** An entry is not the one that was hashed. */
  'entries-altered',
  /** What the files hold does not lead to the root that was signed. */
  'root-mismatch',
  /** An entry is no decision. */
  'decision-malformed',
  /** A decision's `seq` does not follow the one before. */
  'sequence-broken',
  /** A decision's `previous` is not the leaf hash of the one before. */
  'previous-broken',
  /** A decision is of another agent than the first. */
  'agent-changed',
  /** A decision is older than the one before: the agent's clock was set back. */
  'time-backwards',
  /** The chain has another root for that size: history was rewritten after it was anchored. */
  'anchor-mismatch',
  /** The chain has a head of more entries than the journal shows: it was cut, or it is an old copy. */
  'anchor-ahead',
  /** So much is wrong that the rest was not looked at. */
  'stopped',
] as const;
export type JournalFindingCode = (typeof journalFindingCodes)[number];

const warnings: ReadonlySet<JournalFindingCode> = new Set([
  'cosignature-unknown',
  'agent-changed',
  'time-backwards',
]);

/** One thing that is wrong with a journal, and where. */
export interface JournalFinding {
  readonly code: JournalFindingCode;
  /** A fault breaks what a journal promises; a warning is for a person to judge. */
  readonly severity: 'fault' | 'warning';
  /** What was found, in a sentence for people. */
  readonly what: string;
  /** File of the journal in which it lies. */
  readonly path: string;
  /** First entry concerned, where it is about entries. */
  readonly index?: number;
  readonly got?: string;
  readonly expected?: string;
}

/** What is known of a finding when it is made; its severity goes with its code. */
export type FindingInit = Omit<JournalFinding, 'severity'>;

/** Takes findings; false once there are so many that going on tells nothing new. */
export type FindingTaker = (finding: FindingInit) => boolean;

/** A list of findings that ends at `most` with `stopped`. */
export function createFindings(most: number): {
  readonly list: JournalFinding[];
  readonly find: FindingTaker;
} {
  const list: JournalFinding[] = [];
  const find: FindingTaker = (finding) => {
    if (list.length < most) {
      list.push({ ...finding, severity: warnings.has(finding.code) ? 'warning' : 'fault' });
    } else if (list.at(-1)?.code !== 'stopped') {
      list.push({
        code: 'stopped',
        severity: 'fault',
        what: `More than ${most} things are wrong; the rest was not looked at.`,
        path: finding.path,
        ...(finding.index === undefined ? {} : { index: finding.index }),
      });
    }
    return list.length <= most;
  };
  return { list, find };
}
