import { writeFileSync } from 'node:fs';
import { platformSha256 } from '@lichen/journal';
import { LichenError } from '@lichen/protocol';
import {
  type AuditProgress,
  type AuditReport,
  type AuditSample,
  auditAgent,
  type LichenClient,
  witnessWaitMs,
} from '@lichen/sdk';
import { createReplayThread } from '../agents/createReplayThread.ts';
import { auditHtml } from './auditHtml.ts';
import { auditText } from './auditText.ts';
import { type AuditFlags, openSource } from './openSource.ts';

export interface AuditCommandOptions extends AuditFlags {
  readonly name?: string;
  readonly replay?: AuditSample;
  readonly inputs?: AuditSample;
  /** File to write the report to. */
  readonly html?: string;
  readonly open: () => Promise<LichenClient>;
  readonly onProgress?: (line: string) => void;
}

export interface AuditResult {
  readonly json: AuditReport;
  readonly text: string;
  /** 0 clean, 1 faults. */
  readonly exitCode: 0 | 1;
}

function progressText({ part, done, of }: AuditProgress): string {
  const share = of === undefined || of === 0 ? '' : ` ${done} of ${of}`;
  return `auditing ${part}${share}`;
}

/**
 * Audits an agent and says what was found, in words and, where asked, in a file.
 * @throws LichenError where the audit cannot be made
 */
export async function auditCommand(options: AuditCommandOptions): Promise<AuditResult> {
  const { name, replay, inputs, html, open, onProgress, ...flags } = options;
  const opened = await openSource(name, flags, open);
  const thread = createReplayThread();
  let report: AuditReport;
  try {
    report = await auditAgent(opened.source, {
      hash: platformSha256,
      replayOne: thread.replay,
      headWaitMs: opened.isRunning ? witnessWaitMs : 0,
      ...(replay === undefined ? {} : { replay }),
      ...(inputs === undefined ? {} : { inputs }),
      ...(onProgress === undefined ? {} : { onProgress: (progress) => onProgress(progressText(progress)) }),
    });
  } finally {
    await thread.close();
  }
  if (html !== undefined) {
    try {
      writeFileSync(html, auditHtml(report, opened.name));
    } catch (error) {
      throw new LichenError('bad-input', 'The report cannot be written there.', {
        got: error instanceof Error ? error.message : String(error),
        next: 'Name another file with --html.',
        retry: 'after-fix',
        cause: error,
      });
    }
  }
  return {
    json: report,
    text: `${auditText(report)}${html === undefined ? '' : `\n\nWrote ${html}.`}`,
    exitCode: report.isClean ? 0 : 1,
  };
}
