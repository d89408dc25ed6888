import type { AuditFinding, AuditReport } from '@lichen/sdk';
import { expect, it } from 'vitest';
import { auditVerdict, countsText, progressText } from './auditWords.ts';

const finding = (severity: AuditFinding['severity']): AuditFinding => ({
  code: 'act-without-intent',
  severity,
  what: 'x',
  where: {},
  next: 'y',
});

it('calls clean only what has no fault, and never passes over a warning', () => {
  expect(auditVerdict({ findings: [], isClean: true })).toMatchObject({ tone: 'good', mark: 'Clean' });
  expect(auditVerdict({ findings: [finding('warning')], isClean: true }).text).toContain(
    '1 thing for a person',
  );
  const two = auditVerdict({
    findings: [finding('fault'), finding('fault'), finding('warning')],
    isClean: false,
  });
  expect(two).toMatchObject({ tone: 'bad', mark: '2 faults' });
  // Whatever a report says of itself, a fault in it is a fault.
  expect(auditVerdict({ findings: [finding('fault')], isClean: true }).tone).toBe('bad');
  expect(auditVerdict({ findings: [], isClean: false })).toMatchObject({ tone: 'bad', mark: 'Not clean' });
});

it('counts in words', () => {
  const counts = { decisions: 1_234, acts: 1, transactions: 3 } as AuditReport['counts'];
  expect(countsText({ counts, replay: { A: 38, B: 0, C: 0, failed: 2, skipped: 5 } })).toBe(
    'Looked at 1,234 decisions, 1 act under its mandates, 3 transactions of its key, 40 decisions run again.',
  );
  expect(progressText({ part: 'journal', done: 1_000, of: 2_000 })).toBe(
    'Reading the journal: 1,000 of 2,000…',
  );
  expect(progressText({ part: 'chain', done: 0, of: undefined })).toBe('Reading the chain…');
});
