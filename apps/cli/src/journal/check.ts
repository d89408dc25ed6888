import { platformSha256 } from '@lichen/journal';
import {
  type CheckJournalParameters,
  checkJournal,
  type JournalFinding,
  type JournalReport,
  LichenError,
  type TrustPolicy,
} from '@lichen/protocol';
import { type AuditFinding, checkNetworkJournal, type LichenClient, nextStepOf } from '@lichen/sdk';
import { bytesToHex } from 'viem';
import { plain } from '../audit/auditWords.ts';
import { findingLines } from '../audit/findingLines.ts';
import { readJournalAt, readPolicy } from '../audit/openSource.ts';

export interface CheckJournalOptions {
  /** Number, writer or origin of a journal of the network; absent with `place`. */
  readonly journal?: string;
  /** Folder or address of a journal that is not one of the network's. */
  readonly place?: string;
  /** Key of that journal. */
  readonly vkey?: string;
  /** File of a trust policy. */
  readonly policy?: string;
  /** Its entries need not be decisions: only the tree is looked at. */
  readonly any?: boolean;
  readonly open: () => Promise<LichenClient>;
  readonly onProgress?: (line: string) => void;
}

export interface CheckJournalResult {
  readonly json: unknown;
  readonly text: string;
  /** 0 whole, 1 faults. */
  readonly exitCode: 0 | 1;
}

/** Entries between two words of progress. */
const progressEvery = 2_000;

/** A finding in the form of an audit's. */
function placed({ path, index, ...finding }: JournalFinding): AuditFinding {
  const where = { path, ...(index === undefined ? {} : { index }) };
  return { ...finding, where, next: nextStepOf(finding.code) };
}

/** What was looked at, and what was not, in lines with a mark. What has a finding against it is not marked as passed. */
function lookedAt(report: JournalReport, hasPolicy: boolean, hasChain: boolean): string[] {
  const { size, proven, witnessedBy, anchored, findings } = report;
  const has = (...codes: JournalFinding['code'][]) => findings.some(({ code }) => codes.includes(code));
  const areAnchorsWrong = has('anchor-mismatch', 'anchor-ahead');
  const none = areAnchorsWrong ? 'the chain has another past of it' : 'nothing of it is on the chain yet';
  const anchors =
    anchored === undefined ? none : `the ${anchored.size} entries of ${anchored.where} are the same`;
  const anchorMark = areAnchorsWrong ? '✗' : anchored === undefined ? '–' : '✓';
  const witnessMark = has('quorum-missing', 'cosignature-broken') ? '✗' : '✓';
  return [
    `  ${proven === size ? '✓' : '~'} entries    ${proven} of ${size} are what the head was signed over`,
    hasPolicy
      ? `  ${witnessMark} witnesses  ${witnessedBy.map(plain).join(', ') || 'none'}`
      : '  – witnesses  no trust policy was given: name one with --policy',
    hasChain ? `  ${anchorMark} anchors    ${anchors}` : '  – anchors    no chain was asked',
  ];
}

/** What a check found, for people to read in a terminal; whether it had a trust policy, and a chain's heads, is the caller's to say. */
export function journalText(report: JournalReport, hasPolicy: boolean, hasChain: boolean): string {
  const { isWhole, findings, origin, size, root } = report;
  const faults = findings.filter(({ severity }) => severity === 'fault').length;
  return [
    isWhole
      ? 'Whole: every file is what was signed.'
      : `NOT WHOLE: ${faults} fault${faults === 1 ? '' : 's'}. Do not rely on this journal.`,
    '',
    `  journal  ${plain(origin ?? 'unknown')}, ${size} entries`,
    `  root     ${bytesToHex(root).slice(2)}`,
    '',
    ...lookedAt(report, hasPolicy, hasChain),
    ...findingLines(findings.map(placed), '--json'),
  ].join('\n');
}

function refuse(summary: string, got: string, next: string): LichenError {
  return new LichenError('bad-input', summary, { got, next, retry: 'after-fix' });
}

/**
 * Checks a whole journal: one of the network, with its witnesses and its anchors on the chain, or one in a folder or behind
 * a web server.
 * @throws LichenError where the check cannot be made: `bad-input`, `not-found`, `not-running`, `source-unavailable`
 */
export async function checkJournalCommand(options: CheckJournalOptions): Promise<CheckJournalResult> {
  const { journal, place, vkey, any, open, onProgress } = options;
  const policy: TrustPolicy | undefined = readPolicy(options.policy);
  let seen = 0;
  const common = {
    hash: platformSha256,
    onEntry: () => {
      seen += 1;
      if (seen % progressEvery === 0) onProgress?.(`checking entries ${seen}`);
    },
    ...(any === true ? { entries: 'any' } : {}),
    ...(policy === undefined ? {} : { policy }),
  } satisfies Partial<CheckJournalParameters>;
  onProgress?.('checking head');
  let report: JournalReport;
  if (place === undefined) {
    if (journal === undefined) {
      throw refuse('No journal was named.', 'no journal and no --journal', 'See `lichen journal list`.');
    }
    report = await checkNetworkJournal(await open(), { ...common, journal });
  } else {
    if (vkey === undefined) {
      throw refuse(
        'The key of that journal is not known.',
        place,
        'Name it with --vkey, from somebody you trust.',
      );
    }
    report = await checkJournal({ ...common, read: readJournalAt(place), vkey });
  }
  const hasPolicy = place === undefined || policy !== undefined;
  const findings = report.findings.map((finding) => ({ ...finding, next: nextStepOf(finding.code) }));
  return {
    json: { ...report, root: bytesToHex(report.root).slice(2), anchored: anchoredOf(report), findings },
    text: journalText(report, hasPolicy, place === undefined),
    exitCode: report.isWhole ? 0 : 1,
  };
}

function anchoredOf({ anchored }: JournalReport) {
  return anchored === undefined ? null : { size: anchored.size, where: anchored.where };
}
