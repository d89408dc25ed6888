import type { AuditFinding, AuditReport } from '@lichen/sdk';
import { tableText } from '../cover/table.ts';
import { countRows, momentOf, placeText, plain, titleOf, verdictText } from './auditWords.ts';

const marks = { checked: '✓', partly: '~', skipped: '–' } as const;
/** Findings that are shown one by one; all of them are in --json and --html. */
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

/** An audit for people to read in a terminal. */
export function auditText(report: AuditReport): string {
  const { agent, account, chainId, blocks, journal, checks, findings, money } = report;
  const rows = countRows(report);
  const widest = Math.max(...rows.map(([name]) => name.length));
  return [
    verdictText(report),
    '',
    `  agent    ${agent}`,
    `  account  ${account}`,
    `  chain    ${chainId}, blocks ${blocks.from} to ${blocks.to} (${momentOf(blocks.time)})`,
    `  journal  ${plain(journal.origin ?? 'none')}, ${journal.size} entries, root ${journal.root.slice(0, 16)}…`,
    '',
    ...rows.map(([name, value]) => `  ${name.padEnd(widest)}  ${value}`),
    ...(money.length === 0
      ? []
      : [
          '',
          tableText(
            [
              { title: 'Asset (base units)' },
              { title: 'Moved', align: 'right' },
              { title: 'By the journal', align: 'right' },
            ],
            money.map(({ asset, moved, claimed }) => [plain(asset), moved, claimed]),
          ),
        ]),
    '',
    'What was looked at:',
    ...checks.map(({ name, state, note }) => `  ${marks[state]} ${name.padEnd(12)}  ${plain(note)}`),
    ...(findings.length === 0 ? [] : ['', 'Findings:', ...findings.slice(0, mostShown).map(findingText)]),
    ...(findings.length > mostShown
      ? [`  … and ${findings.length - mostShown} more: see them with --html FILE or --json.`]
      : []),
  ].join('\n');
}
