import type { AuditFinding } from '@lichen/sdk';
import { placeText, plain, titleOf } from './auditWords.ts';

/** Findings that are shown one by one. */
const mostShown = 25;

function findingText(finding: AuditFinding, at: number): string {
  const { code, severity, what, where, next, got, expected } = finding;
  const place = placeText(where);
  return [
    `  ${at + 1}. ${severity === 'fault' ? 'FAULT' : 'look '}  ${titleOf(code)}`,
    `     ${plain(what)}`,
    ...(place === '' ? [] : [`     at        ${place}`]),
    ...(got === undefined ? [] : [`     got       ${plain(got)}`]),
    ...(expected === undefined ? [] : [`     expected  ${plain(expected)}`]),
    `     next      ${plain(next)}`,
  ].join('\n');
}

/** Findings for people to read in a terminal; `where` names what shows those that are too many. */
export function findingLines(findings: readonly AuditFinding[], where: string): string[] {
  const more = findings.length - mostShown;
  return [
    ...(findings.length === 0 ? [] : ['', 'Findings:', ...findings.slice(0, mostShown).map(findingText)]),
    ...(more > 0 ? [`  … and ${more} more: see them with ${where}.`] : []),
  ];
}
