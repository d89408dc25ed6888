import type { AuditFinding, AuditFindingCode, AuditPlace, AuditReport } from '@lichen/sdk';

/** Text of others without what steers a terminal or turns the direction of writing. */
export function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ');
}

/** `act-without-intent` as a person says it. */
export function titleOf(code: AuditFindingCode): string {
  const words = code.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Unix milliseconds as `2026-11-25 05:12:44 UTC`. */
export function momentOf(ms: number): string {
  if (!Number.isFinite(ms) || Math.abs(ms) >= 8.64e15) return 'no date';
  return `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** Where a finding lies, in words. */
export function placeText({ index, transaction, block, path }: AuditPlace): string {
  return [
    ...(index === undefined ? [] : [`entry ${index}`]),
    ...(path === undefined ? [] : [plain(path)]),
    ...(transaction === undefined ? [] : [`transaction ${transaction}`]),
    ...(block === undefined ? [] : [`block ${block}`]),
  ].join(', ');
}

export function countsBySeverity(findings: readonly AuditFinding[]): { faults: number; warnings: number } {
  const faults = findings.filter(({ severity }) => severity === 'fault').length;
  return { faults, warnings: findings.length - faults };
}

const many = (count: number, one: string) => `${count} ${one}${count === 1 ? '' : 's'}`;

/** The verdict in one sentence. */
export function verdictText(report: AuditReport): string {
  const { faults, warnings } = countsBySeverity(report.findings);
  const also = warnings === 0 ? '' : ` ${many(warnings, 'thing')} a person should look at.`;
  return report.isClean
    ? `Clean: the journal and the chain tell the same story.${also}`
    : `NOT CLEAN: ${many(faults, 'fault')}.${also}`;
}

/** What was counted, as names and values. */
export function countRows(report: AuditReport): readonly (readonly [string, string])[] {
  const { counts } = report;
  const kinds = Object.entries(counts.kinds)
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => `${count} ${kind}`)
    .join(', ');
  return [
    ['Decisions', `${counts.decisions}${kinds === '' ? '' : ` (${kinds})`}`],
    ['Acts under its mandates', `${counts.acts} with ${many(counts.calls, 'call')}`],
    ['Transactions of its key', `${counts.transactions}, of them ${many(counts.anchors, 'anchor')}`],
    ['Mandates', String(counts.mandates)],
    ['Acts of the account’s other agents', String(counts.actsOfOthers)],
    ['Operations by the account’s owner', String(counts.operationsOfAccount)],
    ['Inputs looked at', `${many(counts.blobs, 'blob')} of ${many(counts.inputsOf, 'decision')}`],
    ...(report.replay === undefined
      ? []
      : ([
          [
            'Run again',
            `grade A ${report.replay.A}, B ${report.replay.B}, otherwise ${report.replay.failed}, nothing to run ${report.replay.skipped}`,
          ],
        ] as const)),
  ];
}
