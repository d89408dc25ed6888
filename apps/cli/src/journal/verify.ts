import { existsSync, readFileSync } from 'node:fs';
import {
  LichenError,
  parseTrustPolicy,
  type ReceiptCheck,
  type ReceiptReport,
  verifyReceipt,
} from '@lichen/protocol';

export interface VerifyOptions {
  /** Path of the receipt. */
  readonly file: string;
  /** Path of the trust policy. */
  readonly policy: string;
  /** Path of the decision, for receipts that do not carry it. */
  readonly entry?: string;
}

const marks: Readonly<Record<ReceiptCheck['state'], string>> = { passed: '✓', failed: '✗', skipped: '–' };
/** Receipts of the largest journal are a few kilobytes; more is no receipt. */
const longestFile = 1_000_000;

function read(path: string, what: string, next: string): Buffer {
  if (!existsSync(path)) {
    throw new LichenError('not-found', `There is no ${what} at that path.`, {
      got: path,
      next,
      retry: 'after-fix',
    });
  }
  const bytes = readFileSync(path);
  if (bytes.length <= longestFile) return bytes;
  throw new LichenError('bad-input', `That file is too large for a ${what}.`, {
    got: `${bytes.length} bytes`,
    expected: `at most ${longestFile}`,
    retry: 'after-fix',
  });
}

function textOf(report: ReceiptReport): string {
  const { decision, checks, isValid } = report;
  const widest = Math.max(...checks.map(({ name }) => name.length));
  return [
    isValid ? 'Valid: this decision is in the journal.' : 'NOT VALID: do not rely on this receipt.',
    ...checks.map(({ name, state, detail }) => `  ${marks[state]} ${name.padEnd(widest)}  ${detail}`),
    ...(decision === undefined
      ? []
      : [
          '',
          `${decision.kind} by ${decision.agent}, ${new Date(decision.time).toISOString()}`,
          `  at      ${decision.task}`,
          `  chose   ${decision.choice}`,
          ...decision.rejected.map(({ option, reason }) => `  not     ${option}: ${reason}`),
          ...decision.checks.map(
            ({ rule, passed, got, limit }) =>
              `  ${passed ? 'kept' : 'broke'}    ${rule}: ${got}, limit ${limit}`,
          ),
        ]),
  ].join('\n');
}

/**
 * Checks a receipt offline: no network, no server, no state.
 * @throws LichenError `not-found`, `bad-input` for files that are not there or no policy
 */
export function verifyCommand(options: VerifyOptions): { json: unknown; text: string; isValid: boolean } {
  const policy = parseTrustPolicy(
    read(
      options.policy,
      'trust policy',
      'Name one with --policy, or start the network once: it writes its own.',
    ).toString(),
  );
  const receipt = read(options.file, 'receipt', 'Get one with: lichen journal receipt').toString();
  const entry =
    options.entry === undefined ? {} : { entry: read(options.entry, 'decision', 'Check --entry.') };
  const report = verifyReceipt({ receipt, policy, ...entry });
  const { isValid, checks, index, checkpoint, decision, leafHash } = report;
  return {
    isValid,
    json: {
      isValid,
      checks,
      index,
      leafHash,
      journal: checkpoint && { origin: checkpoint.origin, size: checkpoint.size },
      decision,
    },
    text: textOf(report),
  };
}
