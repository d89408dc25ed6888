import { checkWitnesses, openCheckpoint, parseVkey } from '@lichen/protocol';
import type { AuditSource } from './auditReport.ts';

/** Where a head is read, and by whose signatures it holds. */
type HeadSource = Pick<AuditSource, 'read' | 'vkey' | 'policy'>;

/** Milliseconds that a reader of a running journal gives its witnesses: they sign a new head within some seconds. */
export const witnessWaitMs = 20_000;

/** Milliseconds between two looks at a head that too few witnesses have signed. */
const headPauseMs = 1_000;

function isWitnessed(head: Uint8Array | undefined, { vkey, policy }: HeadSource): boolean {
  if (policy === undefined) return true;
  try {
    const opened = openCheckpoint(new TextDecoder().decode(head ?? new Uint8Array()), parseVkey(vkey));
    return checkWitnesses(opened, policy).isQuorum;
  } catch {
    // It is no head; waiting does not make it one, and the journal's check says what is wrong.
    return true;
  }
}

/** The journal's head. A new one is signed before witnesses see it: a running journal is given a little time. */
export async function readWitnessedHead(source: HeadSource, waitMs: number): Promise<Uint8Array | undefined> {
  const until = performance.now() + waitMs;
  for (;;) {
    const head = await source.read('checkpoint');
    if (performance.now() >= until || isWitnessed(head, source)) return head;
    await new Promise((resolve) => setTimeout(resolve, headPauseMs));
  }
}
