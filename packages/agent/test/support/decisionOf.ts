import { createHash } from 'node:crypto';
import { blankDecision, type Decision, encodeDecision, entryHashOf } from '@lichen/protocol';
import type { ExportedDecision } from '../../src/telemetry/spansOf.ts';

export const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');

const plain: Decision = {
  ...blankDecision,
  agent: 'eip155:31338:0x00000000000000000000000000000000000000aa',
  choice: 'hold',
  kind: 'refusal',
  previous: null,
  rules: { sha256: hashOf('rules'), version: '1.0.0' },
  seq: 0,
  task: 'trade 2008-09-15',
  time: 1_700_000_010_250,
  v: 1,
  zone: 'UTC',
};

/** A decision on record: plain but for what a test says, under its true leaf hash. */
export function recordOf(changes: Partial<Decision> = {}, index = 0): ExportedDecision {
  const decision = { ...plain, seq: index, ...changes };
  return { decision, index, leafHash: Buffer.from(entryHashOf(encodeDecision(decision))).toString('hex') };
}
