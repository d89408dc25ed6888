import type { ReplayReport } from '@lichen/sdk';
import { describe, expect, it } from 'vitest';
import { replayVerdict } from './replayWords.ts';

const step = (name: ReplayReport['steps'][number]['name'], state: 'passed' | 'failed' | 'skipped') => ({
  name,
  state,
  note: '',
});

describe('what a replay came to', () => {
  it('calls only grades A and B verified, and only where the result is the same and nothing failed', () => {
    for (const grade of ['A', 'B', 'C', null] as const) {
      for (const isSame of [true, false]) {
        for (const state of ['passed', 'failed'] as const) {
          const { text, tone } = replayVerdict({ grade, isSame, steps: [step('verdict', state)] });
          const isVerified = isSame && state === 'passed' && (grade === 'A' || grade === 'B');
          expect(/^Verified/.test(text), `${grade} ${isSame} ${state}`).toBe(isVerified);
          expect(tone === 'good', `${grade} ${isSame} ${state}`).toBe(isVerified);
        }
      }
    }
  });

  it('tells a model that answered otherwise from rules that decide otherwise', () => {
    const model = replayVerdict({ grade: 'C', isSame: false, steps: [step('model', 'failed')] });
    expect(model).toMatchObject({ tone: 'calm', mark: 'Grade C' });
    const both = [step('model', 'failed'), step('verdict', 'failed')];
    expect(replayVerdict({ grade: 'C', isSame: false, steps: both }).tone).toBe('bad');
    expect(replayVerdict({ grade: null, isSame: false, steps: [step('rules', 'failed')] }).tone).toBe('bad');
    expect(replayVerdict({ grade: 'C', isSame: true, steps: [] }).text).toContain('not a verification');
  });

  it('says when there was nothing to run, or too little at hand', () => {
    const text = (isSame: boolean) =>
      replayVerdict({ grade: null, isSame, steps: [step('verdict', 'skipped')] });
    expect([text(true), text(false)].map(({ mark }) => mark)).toEqual(['No grade', 'No grade']);
    expect(text(true).text).not.toBe(text(false).text);
  });
});
