import type { AuditCheck, AuditPartName, AuditProgress, AuditReport } from '@lichen/sdk';
import type { Tone } from '../parts/Mark.tsx';

const number = (count: number) => count.toLocaleString('en');
const several = (count: number, one: string) => `${number(count)} ${one}${count === 1 ? '' : 's'}`;

/** What an audit came to. A warning is no fault, and is never passed over. */
export function auditVerdict({ findings, isClean }: Pick<AuditReport, 'findings' | 'isClean'>): {
  readonly tone: Tone;
  readonly mark: string;
  readonly text: string;
} {
  const faults = findings.filter(({ severity }) => severity === 'fault').length;
  const warnings = findings.length - faults;
  const also = warnings === 0 ? '' : `; ${several(warnings, 'thing')} for a person to look at`;
  if (faults > 0 || !isClean) {
    return {
      tone: 'bad',
      mark: faults === 0 ? 'Not clean' : several(faults, 'fault'),
      text: `Journal and chain do not tell the same story${also}`,
    };
  }
  return { tone: 'good', mark: 'Clean', text: `Journal and chain tell the same story${also}` };
}

const checkNames: Readonly<Record<AuditCheck['name'], string>> = {
  journal: 'The journal is whole',
  anchors: 'Its heads on the chain',
  witnesses: 'Its witnesses',
  acts: 'Every act has its intent',
  transactions: 'Every transaction of its key',
  outcomes: 'Every intent has its outcome',
  amounts: 'Amounts that moved',
  bounds: 'The bounds of its mandates',
  order: 'Recorded before acting',
  inputs: 'What it saw',
  signatures: 'Signatures on what it saw',
  replay: 'Run again',
};

export const checkName = (name: AuditCheck['name']): string => checkNames[name] ?? name;

const states: Readonly<Record<AuditCheck['state'], readonly [sign: string, word: string]>> = {
  checked: ['✓', 'looked at'],
  partly: ['–', 'partly looked at'],
  skipped: ['–', 'not looked at'],
};

export function checkState(state: AuditCheck['state']): { readonly sign: string; readonly word: string } {
  const [sign, word] = states[state];
  return { sign, word };
}

const parts: Readonly<Record<AuditPartName, string>> = {
  chain: 'Reading the chain',
  journal: 'Reading the journal',
  acts: 'Reading its acts',
  transactions: 'Reading the transactions of its key',
  outcomes: 'Comparing outcomes',
  bounds: 'Adding up its bounds',
};

/** How far an audit is, in a few words. */
export function progressText({ part, done, of }: AuditProgress): string {
  return `${parts[part]}${of === undefined || of === 0 ? '' : `: ${number(done)} of ${number(of)}`}…`;
}

/** What was looked at, in one line. */
export function countsText({ counts, replay }: Pick<AuditReport, 'counts' | 'replay'>): string {
  const again =
    replay === undefined
      ? ''
      : `, ${several(replay.A + replay.B + replay.C + replay.failed, 'decision')} run again`;
  return `Looked at ${several(counts.decisions, 'decision')}, ${several(counts.acts, 'act')} under its mandates, ${several(counts.transactions, 'transaction')} of its key${again}.`;
}
