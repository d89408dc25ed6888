import type { AuditReport } from '@lichen/sdk';

/** A report in which every text that others wrote is `text`. */
export const sampleReport = (text: string, change: Partial<AuditReport> = {}): AuditReport => ({
  agent: `0x${'aa'.repeat(20)}`,
  account: `0x${'bb'.repeat(20)}`,
  chainId: 31_337,
  at: 1_764_000_000_000,
  blocks: { from: 0, to: 9, time: 1_764_000_000_000 },
  journal: { origin: text, size: 3, root: '00'.repeat(32), anchored: 0, witnessedBy: [text] },
  counts: {
    decisions: 3,
    kinds: { intent: 1, outcome: 1, refusal: 1, payment: 0, change: 0, pause: 0 },
    acts: 1,
    calls: 1,
    transactions: 1,
    anchors: 0,
    sought: 0,
    mandates: 1,
    actsOfOthers: 0,
    operationsOfAccount: 0,
    inputsOf: 3,
    blobs: 2,
  },
  money: [{ asset: text, moved: '-1', claimed: '-1', counted: '1' }],
  checks: [{ name: 'journal', state: 'checked', note: text }],
  findings: [
    {
      code: 'check-failed',
      severity: 'fault',
      what: text,
      where: { index: 1, path: text, at: 1_764_000_000_000 },
      next: text,
      got: text,
      expected: text,
    },
  ],
  timeline: {
    from: 1_763_999_000_000,
    to: 1_764_000_000_000,
    steps: [{ intents: 1, refusals: 1, others: 1, acts: 1 }],
    anchors: [1_764_000_000_000],
    pauses: [{ from: 1_763_999_500_000, to: 1_763_999_600_000 }],
  },
  took: { chain: 1, journal: 1, acts: 1, transactions: 1, outcomes: 1, bounds: 1 },
  isClean: false,
  ...change,
});
