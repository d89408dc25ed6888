import type {
  Decision,
  DecisionKind,
  DecisionResult,
  InputProvenance,
  ReceiptCheck,
  ReceiptCheckName,
} from '@lichen/protocol';
import type { LichenConfig, ListedDecision } from '@lichen/sdk';
import { shortenHash } from '../format/hash.ts';
import type { Tone } from '../parts/Mark.tsx';
import { plainText } from './plainText.ts';

const kinds: Readonly<Record<DecisionKind, string>> = {
  intent: 'Intent',
  outcome: 'Outcome',
  refusal: 'Refusal',
  payment: 'Payment',
  change: 'Change',
  pause: 'Pause',
};

export const kindText = (kind: DecisionKind): string => kinds[kind];

const results: Readonly<Record<DecisionResult['status'], readonly [Tone, string]>> = {
  pending: ['alive', 'Pending'],
  settled: ['good', 'Settled'],
  failed: ['bad', 'Failed'],
  unknown: ['calm', 'Not known'],
};

export function resultMark(result: DecisionResult): { readonly tone: Tone; readonly text: string } {
  const [tone, text] = results[result.status];
  return { tone, text };
}

/** What came of a decision: its own result, or that of the newest listed decision which refers to it. */
export function resultOf(
  listed: readonly ListedDecision[],
  { decision, leafHash }: Pick<ListedDecision, 'decision' | 'leafHash'>,
): DecisionResult | null {
  return decision.result ?? outcomeOf(listed, leafHash)?.decision.result ?? null;
}

/** The newest of the listed decisions (newest first) that says what came of another. */
export function outcomeOf(listed: readonly ListedDecision[], leafHash: string): ListedDecision | undefined {
  // An intent can refer to another too: one that takes its nonce. It has no result of its own.
  return listed.find(({ decision }) => decision.refersTo === leafHash && decision.result !== null);
}

/** How far an input can be trusted, in a sentence. */
export function provenanceText(provenance: InputProvenance): string {
  if (provenance.by === 'chain') return `Read from chain ${provenance.chainId}, block ${provenance.block}`;
  if (provenance.by === 'signature') return `Signed by ${plainText(shortenHash(provenance.signer))}`;
  if (provenance.by === 'receipt') return 'Proven by a receipt of another journal';
  return provenance.by === 'transport'
    ? 'Fetched from its source; nothing was signed'
    : 'The operator’s own word';
}

/** Text of a decision with the hashes in it shortened. */
export function shortText(text: string): string {
  return plainText(text).replace(/\b(?:0x[0-9a-f]{40,64}|[0-9a-f]{64})\b/gi, shortenHash);
}

/** The beginning of such a text on one line, of at most so many characters. */
export function briefText(text: string, most = 160): string {
  const letters = [...shortText(text).replace(/\s+/g, ' ').trim()];
  return letters.length <= most ? letters.join('') : `${letters.slice(0, most - 1).join('')}…`;
}

/** Whether an input is the runtime's own, kept for a replay and never shown to the rules; and what it is. */
export function runtimeInputText(name: string): string | undefined {
  if (name === 'calls') return 'Not seen by the rules: the calls that they asked for, kept for a replay';
  return name === 'model' ? 'Not seen by the rules: the model itself, kept for a replay' : undefined;
}

const checkNames: Readonly<Record<ReceiptCheckName, string>> = {
  receipt: 'The file is a receipt',
  signature: 'The journal signed its head',
  witnesses: 'Witnesses saw that head',
  inclusion: 'The decision is under that head',
  decision: 'The decision is well formed',
  inputs: 'What it saw is as recorded',
  anchor: 'The head is on the chain',
};

export const checkText = (name: ReceiptCheckName): string => checkNames[name];

/** A sign and a word for a state: the sign for the eye, the word for a screen reader. */
export function checkSign(state: ReceiptCheck['state']): { readonly sign: string; readonly word: string } {
  if (state === 'passed') return { sign: '✓', word: 'passed' };
  return state === 'failed' ? { sign: '✗', word: 'failed' } : { sign: '–', word: 'not checked' };
}

/** What names the writers of a network's journals. */
export type NamedWriters = Pick<LichenConfig, 'reporters'> & Partial<Pick<LichenConfig, 'agents'>>;

/** `Reporter 2` for the network's second reporter, the title of an agent of it, else the address, shortened. */
export function writerName(config: NamedWriters, address: string): string {
  const wanted = address.toLowerCase();
  const reporter = config.reporters.find((candidate) => candidate.address.toLowerCase() === wanted);
  if (reporter !== undefined) return `Reporter ${reporter.index + 1}`;
  const agent = config.agents?.find((candidate) => candidate.address.toLowerCase() === wanted);
  return plainText(agent?.title ?? shortenHash(address));
}

/** Whose journal it is: an agent's may be anchored by a key that is not the agent's own. */
export function journalName(
  config: NamedWriters,
  { origin, writer }: { readonly origin: string; readonly writer: string },
): string {
  const agent = config.agents?.find(({ journal }) => journal === origin);
  return agent === undefined ? writerName(config, writer) : plainText(agent.title);
}

/** How many operators witness journals: those with keys for it, which agents have not. */
export function operatorsOf({ journals }: Pick<LichenConfig, 'journals'>): number {
  return journals.filter(({ witness }) => witness.length > 0).length;
}

/** Name of the agent of a decision, whose CAIP-10 id ends with an address. */
export function agentName(config: NamedWriters, { agent }: Pick<Decision, 'agent'>): string {
  return writerName(config, agent.slice(agent.lastIndexOf(':') + 1));
}

/**
 * The verifier's sentence for people. A policy made from the network's configuration calls the two keys of operator 2
 * `w2-1` and `w2-2`: such a list becomes `Reporter 2`. Names of other policies stay as they are.
 */
export function detailText(detail: string, isOwnPolicy: boolean): string {
  // The verifier strings sentences of errors together.
  const plain = plainText(detail).replaceAll('.; ', '; ');
  if (!isOwnPolicy) return plain;
  return plain.replace(/w\d+-\d+(?:, w\d+-\d+)*/g, (list) => {
    const numbers = new Set([...list.matchAll(/w(\d+)-/g)].map((match) => Number(match[1])));
    return `${numbers.size === 1 ? 'reporter' : 'reporters'} ${[...numbers].sort((a, b) => a - b).join(', ')}`;
  });
}

const moment = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

/** `25 Nov 2026, 03:05:12` of unix milliseconds, in the reader's own zone. */
export function formatMoment(milliseconds: number): string {
  // A decision's time is any safe integer; a date ends earlier.
  return Math.abs(milliseconds) <= 8.64e15 ? moment.format(milliseconds) : String(milliseconds);
}
