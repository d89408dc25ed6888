import { expect, test } from 'vitest';
import { auditText } from './auditText.ts';
import { sampleReport } from './sampleReport.fixture.ts';

test('what others wrote does not steer the terminal', () => {
  const text = auditText(sampleReport('plain \u001b[31mred\u202e\r\u2028'));
  expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}]/u);
});

test('a report that found something', () => {
  expect(auditText(sampleReport('some text'))).toMatchInlineSnapshot(`
    "NOT CLEAN: 1 fault.

      agent    0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
      account  0xbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
      chain    31337, blocks 0 to 9 (2025-11-24 16:00:00 UTC)
      journal  some text, 3 entries, root 0000000000000000…

      Decisions                           3 (1 intent, 1 outcome, 1 refusal)
      Acts under its mandates             1 with 1 call
      Transactions of its key             1, of them 0 anchors
      Mandates                            1
      Acts of the account’s other agents  0
      Operations by the account’s owner   0
      Inputs looked at                    2 blobs of 3 decisions

    Asset (base units)  Moved  By the journal
    some text              -1              -1

    What was looked at:
      ✓ journal       some text

    Findings:
      1. FAULT  Check failed
         some text
         at        entry 1, some text
         got       some text
         expected  some text
         next      some text"
  `);
});

test('a clean report with a thing to look at', () => {
  const [finding] = sampleReport('some text').findings;
  const report = sampleReport('x', {
    isClean: true,
    findings: [{ ...finding!, code: 'intent-unanchored', severity: 'warning' }],
    replay: { A: 2, B: 0, C: 0, failed: 0, skipped: 1 },
  });
  const [first] = auditText(report).split('\n');
  expect(first).toBe(
    'Clean: the journal and the chain tell the same story. 1 thing a person should look at.',
  );
  expect(auditText(report)).toContain('grade A 2, B 0, otherwise 0, nothing to run 1');
});

test('of very many findings only some are shown', () => {
  const [finding] = sampleReport('some text').findings;
  const text = auditText(sampleReport('x', { findings: Array.from({ length: 40 }, () => finding!) }));
  expect(text).toContain('and 15 more: see them with --html FILE or --json.');
});
