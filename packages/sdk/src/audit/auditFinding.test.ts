import { describe, expect, test } from 'vitest';
import { auditFindingCodes, collectFindings, nextStepOf } from './auditFinding.ts';

describe('findings', () => {
  test('every code is there once and says what to do next', () => {
    expect(new Set(auditFindingCodes).size).toBe(auditFindingCodes.length);
    for (const code of auditFindingCodes) expect(nextStepOf(code)).toMatch(/^[A-Z].*[.`]$/s);
  });

  test('faults come first, in the order of the journal; what is too much is counted', () => {
    const { find, list } = collectFindings(2);
    find({ code: 'block-differs', severity: 'warning', what: 'w' });
    for (const index of [7, 3, 5, 9]) find({ code: 'calls-differ', what: 'f', where: { index } });
    expect(list().map(({ code, severity, where, what }) => [code, severity, where.index ?? what])).toEqual([
      ['calls-differ', 'fault', 3],
      ['calls-differ', 'fault', 7],
      ['findings-stopped', 'fault', '2 more faults are not listed.'],
      ['block-differs', 'warning', 'w'],
    ]);
  });
});
