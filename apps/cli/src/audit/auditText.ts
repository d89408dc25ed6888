import type { AuditReport } from '@lichen/sdk';
import { tableText } from '../cover/table.ts';
import { countRows, momentOf, plain, verdictText } from './auditWords.ts';
import { findingLines } from './findingLines.ts';

const marks = { checked: '✓', partly: '~', skipped: '–' } as const;
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
    ...findingLines(findings, '--html FILE or --json'),
  ].join('\n');
}
